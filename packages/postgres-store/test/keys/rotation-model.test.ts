import type { ApiKey, Storage } from '@keywright/core';
import { createMemoryStorage } from '@keywright/core/memory';
import { anActiveKey, anOwner, newSecretInput } from '@keywright/core/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOnPGlite } from '../support/storages.ts';

/** What may be done to a key with several secrets. `secret` and `at` choose among what is there. */
type Step =
  | { does: 'insert' | 'remove' | 'settle'; secret: number }
  | { does: 'promote' | 'abandon'; secret: number; at: number };

const secret = fc.nat(5);
const at = fc.integer({ min: -3, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('insert', 'remove', 'settle'), secret }),
  fc.record({ does: fc.constantFrom('promote', 'abandon'), secret, at }),
);
const begin = Date.now();

/** Does the steps; tells the results, and after each step what the key and its secrets are. */
async function run(storage: Storage, steps: readonly Step[], inputs: ReturnType<typeof newSecretInput>[]) {
  const key = await anActiveKey(storage, await anOwner(storage));
  const hashes = [key.keyHash];
  const told: { result: unknown; key: unknown; secrets: unknown[] }[] = [];
  for (const [index, each] of steps.entries()) {
    const hash = hashes[each.secret % hashes.length] ?? '';
    const result = await storage.transaction(async ({ keys }) => {
      await keys.lock({ tenantId: key.tenantId }, key.id);
      switch (each.does) {
        case 'insert': {
          const input = inputs[index] ?? newSecretInput();
          hashes.push(input.keyHash);
          return (await keys.insertSecret(key.tenantId, key.id, input))?.generation;
        }
        case 'promote':
          return (await keys.promoteSecret(key.tenantId, hash, new Date(begin + each.at)))?.version;
        case 'abandon':
          return keys.abandonSecret(key.tenantId, hash, new Date(begin + each.at));
        case 'remove':
          return keys.removeSecret(key.tenantId, hash);
        case 'settle':
          return keys.settleMinting(key.tenantId, hash);
      }
    });
    const source = await storage.keys.mirrorSource(key.tenantId, key.id);
    const place = (keyHash: string) => hashes.indexOf(keyHash);
    told.push({
      result,
      key: source && { version: source.key.version, keyHash: place(source.key.keyHash) },
      secrets: (source?.secrets ?? []).map(({ keyHash, generation, state, mintingSince, validUntil }) => ({
        secret: place(keyHash),
        generation,
        state,
        isSettled: mintingSince === null,
        validUntil: validUntil && validUntil.getTime() - begin,
      })),
    });
    assertSound(source?.key, source?.secrets ?? []);
  }
  return told;
}

/** One secret is live: the key's own. Every other one ends, or was never given to anybody. */
function assertSound(
  key: ApiKey | undefined,
  secrets: readonly { keyHash: string; state: string; validUntil: Date | null; generation: number }[],
): void {
  expect(secrets.filter(({ state }) => state === 'live').map(({ keyHash }) => keyHash)).toEqual([key?.keyHash]);
  for (const { state, validUntil } of secrets) expect(validUntil === null).toBe(state !== 'retiring');
  expect(new Set(secrets.map(({ generation }) => generation)).size).toBe(secrets.length);
}

let opened: Awaited<ReturnType<typeof openOnPGlite>>;
beforeAll(async () => {
  opened = await openOnPGlite();
});
afterAll(() => opened.close());

it('keeps one live secret through any rotations, on PostgreSQL as in memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const inputs = steps.map(newSecretInput);
      expect(await run(opened.storage, steps, inputs)).toEqual(await run(createMemoryStorage(), steps, inputs));
    }),
    { numRuns: 40 },
  );
});
