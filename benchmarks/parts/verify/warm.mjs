// P1: a verify of a key that was read within the last seconds, against a hash and a look at a Map.
import { createKeywright } from '@keywright/core';
import { createMemoryLiteLlm, createMemoryStorage } from '@keywright/core/memory';
import { createKeys, request } from '../../fixtures/keys.mjs';
import { comparisonTable, ratioBar } from '../../harness/results.mjs';
import { compare } from '../../harness/rounds.mjs';
import { betterAuthInMemory, createKeys as createPeerKeys, verifyCandidate } from '../../peers/better-auth.mjs';
import { hashAndMap, hashAndMapCandidate, hashObjectAndMapCandidate } from './base.mjs';

const keyCount = 1_000;
const ours = 'verify';
const oursWithIps = 'verify, key with an allow-list';
const peer = 'better-auth, in memory';

export async function measureWarmVerify(options) {
  const candidates = await makeCandidates();
  const sequential = await compare(candidates, 1, options);
  const concurrent = await compare(candidates, 64, options);
  const bar = (what, comparison, candidate) =>
    ratioBar({ bar: 'P1', what, atLeast: 0.2, comparison, candidate, base: hashAndMap, beside: [peer] });
  return {
    bars: [
      bar('warm verify, all checks, one after the other', sequential, ours),
      bar('warm verify, all checks, 64 at once', concurrent, ours),
      bar('the same, the key with an IP allow-list, 64 at once', concurrent, oursWithIps),
    ],
    tables: [
      comparisonTable('Warm verify, one after the other', sequential, hashAndMap),
      comparisonTable('Warm verify, 64 at once', concurrent, hashAndMap),
    ],
    notes: [
      `Warm verify: ${keyCount} keys on the memory storage. Checked: format and checksum, tenant, user, key, both expiries, subscription, permission, model; and where the key has an allow-list of two ranges, the address.`,
    ],
  };
}

async function makeCandidates() {
  const keywright = createKeywright({ storage: createMemoryStorage(), litellm: createMemoryLiteLlm() });
  const secrets = await createKeys(keywright, keyCount);
  const allowedIps = ['198.51.100.0/24', '203.0.113.64/26'];
  const restricted = await createKeys(keywright, keyCount, { group: 'restricted', allowedIps });
  const peerServer = betterAuthInMemory();
  return [
    hashAndMapCandidate(secrets),
    hashObjectAndMapCandidate(secrets),
    warmCandidate(ours, keywright, secrets),
    warmCandidate(oursWithIps, keywright, restricted),
    verifyCandidate(peer, peerServer, await createPeerKeys(peerServer, keyCount), 8),
  ];
}

function warmCandidate(name, keywright, secrets) {
  const run = async (index) => {
    const result = await keywright.keys.verify(secrets[index % secrets.length], request);
    if (!result.ok) throw new Error(`verify refused a key: ${result.reason}`);
  };
  const before = () => Promise.all(secrets.map((_, index) => run(index))); // the turn of others outlasts the cache
  return { name, run, before, batch: 64 };
}
