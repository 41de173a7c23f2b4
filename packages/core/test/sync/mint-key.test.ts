import { generateSecret, type KeyMirror, KeywrightError, type MirroredKey, type MirrorKey } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { mintKey } from '../../src/sync/mint-key.ts';

const secret = generateSecret();
const key: MirrorKey = {
  keyHash: secret.hash,
  alias: 'keywright/k/1',
  liteLlmUserId: 'u',
  liteLlmTeamId: null,
  models: ['a'],
  maxBudget: null,
  softBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  expiresAt: null,
  blocked: false,
  metadata: { managed_by: 'keywright', tenant_id: 't', user_id: 'u', subscription_id: 's', key_id: 'k', generation: 1 },
};
const held: MirroredKey = { ...key, metadata: { ...key.metadata }, spend: 0n, createdAt: null };
const unavailable = () => new KeywrightError('gateway_unavailable', 'cut off');
const refused = () => new KeywrightError('gateway_refused', 'no');

type Answer = 'ok' | 'lost' | 'refused' | 'another';
type Look = 'held' | 'absent' | 'lost' | 'foreign';

function aMirror(answers: Answer[], looks: Look[]) {
  const calls: string[] = [];
  const mirror: Pick<KeyMirror, 'createKey' | 'findKey'> = {
    async createKey() {
      calls.push('create');
      const answer = answers.shift();
      if (answer === 'lost') throw unavailable();
      if (answer === 'refused') throw refused();
      return { tokenId: answer === 'another' ? 'another' : secret.hash };
    },
    async findKey() {
      calls.push('find');
      const look = looks.shift();
      if (look === 'lost') throw unavailable();
      if (look === 'absent') return undefined;
      return look === 'foreign' ? { ...held, metadata: { key_id: 'another' } } : held;
    },
  };
  return { calls, mirror: mirror as KeyMirror };
}

describe('asking LiteLLM for a key', () => {
  it.each<[Answer[], Look[], string, string[]]>([
    [['ok'], [], 'held', ['create']],
    [['refused'], [], 'refused', ['create']],
    [['lost'], ['held'], 'held', ['create', 'find']],
    [['lost'], ['foreign'], 'unknown', ['create', 'find']],
    [['lost'], ['lost'], 'unknown', ['create', 'find']],
    [['lost', 'ok'], ['absent', 'held'], 'held', ['create', 'find', 'create', 'find']],
    // a repetition is answered 200 whatever is stored, so it is read back and not believed
    [['lost', 'ok'], ['absent', 'absent'], 'unknown', ['create', 'find', 'create', 'find']],
    [['lost', 'lost'], ['absent', 'held'], 'held', ['create', 'find', 'create', 'find']],
    [['lost', 'lost'], ['absent', 'lost'], 'unknown', ['create', 'find', 'create', 'find']],
    // the first call may still commit, so a refusal of the second proves nothing
    [['lost', 'refused'], ['absent', 'absent'], 'unknown', ['create', 'find', 'create', 'find']],
    [['another'], ['absent', 'absent'], 'unknown', ['create', 'find', 'create', 'find']],
  ])('answers %j and looks %j end as %s', async (answers, looks, outcome, expected) => {
    const { calls, mirror } = aMirror([...answers], [...looks]);
    const minting = await mintKey(mirror, key, secret, new AbortController().signal);
    expect(minting.outcome).toBe(outcome);
    expect(calls).toEqual(expected);
  });
});
