import { createKeywright } from '@keywright/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectEqual } from './equality.ts';
import { actor, openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

it('gives exactly ten keys to twenty parallel creations on two nodes', async () => {
  const nodes = [1, 2].map(() =>
    createKeywright({ storage: world.storage, litellm: world.litellm, maxKeysPerUser: 10 }),
  );
  const attempts = nodes.flatMap((node) =>
    Array.from({ length: 10 }, (_, n) => node.keys.create(actor, { name: `key ${n}` })),
  );
  const results = await Promise.allSettled(attempts);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'key_limit_reached' });
  }
  await expectEqual(world);
});

it('creates a key in one call to LiteLLM when its user is known there', async () => {
  await world.pool.query('delete from keywright.api_key_secrets; delete from keywright.api_keys');
  const before = world.running.standIn.calls.length;
  await world.keywright.keys.create(actor, { name: 'one call' });
  expect(world.running.standIn.calls.slice(before).map((call) => `${call.method} ${call.path}`)).toEqual([
    'POST /key/generate',
  ]);
});
