import { ApiKeySecret, type GatewayCall, generateSecret, type MirrorKey, uuidv7 } from '@keywright/core';
import { createMemoryLiteLlm, type MirrorFault } from '@keywright/core/memory';
import { describeKeyMirror, FixedClock } from '@keywright/core/testing';
import { describe, expect, it } from 'vitest';

describeKeyMirror('in memory', async () => {
  const litellm = createMemoryLiteLlm();
  return {
    litellm,
    close: () => litellm.close(),
    models: ['gpt-a', 'gpt-b'],
    freshId: () => uuidv7(Date.now()),
    readUser: async (id) => litellm.upstream.users().find((user) => user.liteLlmUserId === id),
    readTeam: async (id) => litellm.upstream.teams().find((team) => team.liteLlmTeamId === id),
    makeTeam: async (team) => litellm.upstream.putTeam(team),
  };
});

const never = new AbortController().signal;

const keyFor = (secret: ApiKeySecret, overrides: Partial<MirrorKey> = {}): MirrorKey => ({
  keyHash: secret.hash,
  alias: `test/${secret.hash}`,
  liteLlmUserId: 'test/alice',
  liteLlmTeamId: null,
  models: ['gpt-a'],
  maxBudget: null,
  softBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  expiresAt: null,
  blocked: false,
  metadata: { managed_by: 'test', tenant_id: 't', user_id: 'u', subscription_id: 's', key_id: 'k', generation: 1 },
  ...overrides,
});

async function withKey(overrides: Partial<MirrorKey> = {}) {
  const clock = new FixedClock();
  const litellm = createMemoryLiteLlm({ clock });
  const credential = generateSecret();
  await litellm.mirror.createKey(keyFor(credential, overrides), credential, never);
  const send = (body: Record<string, unknown>, call: Partial<GatewayCall> = {}) =>
    litellm.chat.send({ path: '/v1/chat/completions', body, credential, headers: {}, ...call }, never);
  return { clock, litellm, credential, send };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return text;
}

const hello = { model: 'gpt-a', messages: [{ role: 'user', content: 'Hello you there' }] };

describe('the chat in memory', () => {
  it('echoes the last message, counts it, and charges the key', async () => {
    const { litellm, credential, send } = await withKey();
    const answer = await send(hello);
    if (!answer.ok) expect.unreachable();
    expect(JSON.parse(await textOf(answer.body))).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-a',
      choices: [{ message: { role: 'assistant', content: 'Hello you there' } }],
      usage: { prompt_tokens: 4, completion_tokens: 4, total_tokens: 8 },
    });
    expect(answer).toMatchObject({ status: 200, streamed: false, costNano: 12_000n, upstreamCallId: 'call-1' });
    expect(litellm.upstream.key(credential.hash)?.spend).toBe(12_000n);
    expect(litellm.upstream.chatCalls).toHaveLength(1);
  });

  it('streams word by word, with usage at the end when it is asked for', async () => {
    const { send } = await withKey();
    const answer = await send({ ...hello, stream: true, stream_options: { include_usage: true } });
    if (!answer.ok) expect.unreachable();
    expect(answer).toMatchObject({ streamed: true, costNano: null });
    const events = (await textOf(answer.body)).trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(events.at(-2)?.slice(6) ?? '')).toMatchObject({ choices: [], usage: { total_tokens: 8 } });
    expect(events).toHaveLength(6);
  });

  it('embeds each input', async () => {
    const { send } = await withKey();
    const answer = await send({ model: 'gpt-a', input: ['one', 'other'] }, { path: '/v1/embeddings' });
    if (!answer.ok) expect.unreachable();
    expect(JSON.parse(await textOf(answer.body))).toMatchObject({ data: [{ index: 0 }, { index: 1 }] });
  });

  it.each([
    ['key_blocked', { blocked: true }],
    ['key_expired', { expiresAt: new Date('2030-01-01T00:00:00Z') }],
    ['model_denied', { models: ['gpt-b'] }],
    ['budget_exceeded', { maxBudget: 0n }],
  ] as const)('refuses as %s', async (kind, overrides) => {
    const { models = ['gpt-a'], ...rest } = { models: undefined, ...overrides };
    const { send } = await withKey({ ...rest, models: [...models] });
    expect(await send(hello)).toMatchObject({ ok: false, failure: { kind } });
  });

  it('refuses keys that it does not hold, and is down when a test says so', async () => {
    const { litellm, send } = await withKey();
    const credential = new ApiKeySecret('sk-unknown');
    expect(await send(hello, { credential })).toMatchObject({
      ok: false,
      failure: { kind: 'key_unknown', status: 401 },
    });
    litellm.upstream.isDown = true;
    expect(await send(hello)).toMatchObject({ ok: false, failure: { kind: 'gateway_down', status: 0 } });
    await expect(litellm.check(never)).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });
});

describe('faults of the mirror in memory', () => {
  const outcome = (fault: MirrorFault) => (fault === 'refused' ? 'gateway_refused' : 'gateway_unavailable');

  it.each([
    ['refused', false],
    ['unavailable', false],
    ['answer-lost', true],
    ['commits-late', false],
  ] as const)('%s fails one call and no more', async (fault, isStored) => {
    const { mirror, upstream } = createMemoryLiteLlm();
    const secret = generateSecret();
    upstream.failNext('createKey', fault);
    const work = mirror.createKey(keyFor(secret), secret, never);
    await expect(work).rejects.toMatchObject({ code: outcome(fault) });
    expect(upstream.key(secret.hash) !== undefined).toBe(isStored);
    upstream.commitLate();
    expect(upstream.key(secret.hash) !== undefined).toBe(isStored || fault === 'commits-late');
    await mirror.createKey(keyFor(secret), secret, never);
    expect(upstream.keys()).toHaveLength(1);
  });

  it('hangs until the caller gives up', async () => {
    const { mirror, upstream } = createMemoryLiteLlm();
    const controller = new AbortController();
    upstream.failNext('findKey', 'hangs');
    const work = mirror.findKey('0'.repeat(64), controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });
});
