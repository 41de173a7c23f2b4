import { createKeywright, type Keywright } from '@keywright/core';
import { createMemoryInvalidationChannel, type MemoryInvalidationChannel } from '@keywright/core/memory';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyCacheTtlMs } from '../../src/keys/verify-cache.ts';
import { alice, aWorld, type CoreWorld, dana, olga } from '../world.ts';

let channel: MemoryInvalidationChannel;
let world: CoreWorld;
let other: Keywright;
let id: string;
let secret: string;

beforeEach(async () => {
  channel = createMemoryInvalidationChannel();
  world = await aWorld({ invalidations: channel });
  const { storage, litellm, clock } = world;
  other = createKeywright({ storage, litellm, clock, invalidations: channel });
  other.start();
  await expect.poll(() => hears(other)).toBe(true);
  const created = await world.keywright.keys.create(alice, { name: 'laptop' });
  id = created.apiKey.id;
  secret = created.secret.reveal();
  expect(await other.keys.verify(secret)).toMatchObject({ ok: true });
});
afterEach(() => other.close());

/** Whether the other node listens already: it then asks the database again after a gap. */
async function hears(node: Keywright): Promise<boolean> {
  const { unscoped } = world.storage;
  let reads = 0;
  const { findBySecretHash } = unscoped;
  unscoped.findBySecretHash = (hash) => {
    reads++;
    return findBySecretHash.call(unscoped, hash);
  };
  const unknown = 'sk-AAAAAAAAAAAAAAAAAAAAAA';
  await node.keys.verify(unknown);
  channel.interrupt();
  await node.keys.verify(unknown);
  unscoped.findBySecretHash = findBySecretHash;
  return reads >= 2;
}

it.each<[string, () => Promise<unknown>, string]>([
  ['deleted', () => world.keywright.keys.delete(alice, id), 'unknown'],
  ['blocked', () => world.keywright.keys.block(alice, id), 'blocked'],
  ['rotated without grace', () => world.keywright.keys.rotate(alice, id, { gracePeriodSeconds: 0 }), 'unknown'],
  [
    'suspended with its subscription',
    () => world.keywright.subscriptions.update(dana, world.subscriptionId, { status: 'suspended' }),
    'subscription_inactive',
  ],
  [
    'deactivated with its user',
    () => world.keywright.users.update(dana, 'alice', { isActive: false }),
    'user_inactive',
  ],
  [
    'deactivated with its tenant',
    () => world.keywright.tenants.update(olga, 'acme', { isActive: false }),
    'tenant_inactive',
  ],
])('a key that is %s here is refused on other nodes, whatever they remember', async (_, change, reason) => {
  await change();
  expect(await other.keys.verify(secret)).toEqual({ ok: false, reason });
});

it('a node that may have missed something believes nothing that it remembers', async () => {
  channel.publish = async () => {}; // the message gets lost
  await world.keywright.keys.block(alice, id);
  expect(await other.keys.verify(secret)).toMatchObject({ ok: true });
  channel.interrupt();
  expect(await other.keys.verify(secret)).toEqual({ ok: false, reason: 'blocked' });
});

it('a channel that is down fails no change, and costs other nodes what they remember', async () => {
  channel.publish = () => Promise.reject(new Error('down'));
  expect(await world.keywright.keys.block(alice, id)).toMatchObject({ status: 'blocked' });
  world.clock.advance(verifyCacheTtlMs - 1);
  expect(await other.keys.verify(secret)).toMatchObject({ ok: true });
  world.clock.advance(1);
  expect(await other.keys.verify(secret)).toEqual({ ok: false, reason: 'blocked' });
});

it('a node that was closed listens no more', async () => {
  await other.close();
  await world.keywright.keys.block(alice, id);
  expect(await other.keys.verify(secret)).toMatchObject({ ok: true });
});
