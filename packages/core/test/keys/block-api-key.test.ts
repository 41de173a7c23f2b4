import { isKeywrightError } from '@keywright/core';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { hold } from '../../src/keys/block-api-key.ts';
import { alice, auditor, aWorld, bob, type CoreWorld, dana } from '../world.ts';

let world: CoreWorld;
let id: string;
let secret: string;
beforeEach(async () => {
  world = await aWorld();
  const created = await world.keywright.keys.create(alice, { name: 'laptop' });
  id = created.apiKey.id;
  secret = created.secret.reveal();
});

const admins = { of: 'tenant' as const };
const isBlockedUpstream = () => world.litellm.upstream.keys()[0]?.blocked;

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
}

it('ends a key at once in both systems, and lifting the hold gives it back', async () => {
  expect(await world.keywright.keys.verify(secret)).toMatchObject({ ok: true });
  expect(await world.keywright.keys.block(alice, id)).toMatchObject({
    status: 'blocked',
    blockedBy: 'owner',
    syncStatus: 'synced',
  });
  expect(await world.keywright.keys.verify(secret)).toEqual({ ok: false, reason: 'blocked' });
  expect(isBlockedUpstream()).toBe(true);
  expect(await world.keywright.keys.unblock(alice, id)).toMatchObject({ status: 'active', blockedBy: null });
  expect(await world.keywright.keys.verify(secret)).toMatchObject({ ok: true });
  expect(isBlockedUpstream()).toBe(false);
});

it('keeps the holds of owner and admin apart, whatever the order in which they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('owner blocks', 'owner unblocks', 'admin blocks', 'admin unblocks'), { maxLength: 8 }),
      async (steps) => {
        const held = new Set<string>();
        await world.keywright.keys.unblock(dana, id, admins);
        await world.keywright.keys.unblock(alice, id);
        for (const step of steps) {
          const [who = '', verb] = step.split(' ');
          const [actor, reach] = who === 'owner' ? ([alice, undefined] as const) : ([dana, admins] as const);
          const isForbidden = step === 'owner unblocks' && held.has('admin');
          const change = world.keywright.keys[verb === 'blocks' ? 'block' : 'unblock'](actor, id, reach);
          expect(await codeOf(change)).toBe(isForbidden ? 'forbidden' : 'ok');
          if (verb === 'blocks') held.add(who);
          else if (!isForbidden) held.delete(who);
          const { status, blockedBy } = await world.keywright.keys.get(alice, id);
          const expected = held.size === 2 ? 'both' : ([...held][0] ?? null);
          expect({ status, blockedBy }).toEqual({ status: held.size > 0 ? 'blocked' : 'active', blockedBy: expected });
          expect(isBlockedUpstream()).toBe(held.size > 0);
        }
      },
    ),
    { numRuns: 30 },
  );
});

it('stands while LiteLLM is down, and is told there later', async () => {
  world.litellm.upstream.isDown = true;
  expect(await world.keywright.keys.block(alice, id)).toMatchObject({ status: 'blocked', syncStatus: 'pending' });
  expect(await world.keywright.keys.verify(secret)).toEqual({ ok: false, reason: 'blocked' });
  world.litellm.upstream.isDown = false;
  await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: id }, 3_600_000);
  await world.keywright.sync.runDue();
  expect(isBlockedUpstream()).toBe(true);
});

it('stands as well when LiteLLM refuses it; lifting a hold that LiteLLM refuses to lift is put back', async () => {
  world.litellm.upstream.failNext('blockKey', 'refused');
  expect(await world.keywright.keys.block(alice, id)).toMatchObject({ status: 'blocked', syncStatus: 'error' });
  await world.keywright.sync.retry(dana, 'key', id);
  await world.keywright.sync.runDue();
  expect(isBlockedUpstream()).toBe(true);
  world.litellm.upstream.failNext('updateKey', 'refused');
  expect(await codeOf(world.keywright.keys.unblock(alice, id))).toBe('gateway_refused');
  expect(await world.keywright.keys.get(alice, id)).toMatchObject({ status: 'blocked', blockedBy: 'owner' });
});

it('reaches LiteLLM although LiteLLM refuses something else about the key', async () => {
  await world.keywright.subscriptions.update(dana, world.subscriptionId, { models: ['gpt-a'] });
  world.litellm.upstream.failNext('updateKey', 'refused');
  expect(await world.keywright.keys.block(alice, id)).toMatchObject({ status: 'blocked' });
  expect(isBlockedUpstream()).toBe(true);
});

it('is no way to bring a key back that has expired', async () => {
  await world.keywright.keys.update(alice, id, { expiresAt: new Date(world.clock.now() + 1_000) });
  await world.keywright.keys.block(alice, id);
  world.clock.advance(1_000);
  expect(await codeOf(world.keywright.keys.update(alice, id, { expiresAt: null }))).toBe('key_not_active');
});

it('writes nothing when there is nothing to do', async () => {
  await world.keywright.keys.block(alice, id);
  await world.keywright.keys.block(alice, id);
  await world.keywright.keys.unblock(dana, id, admins); // not the admin's hold
  const { items } = await world.keywright.audit.list(dana, { resourceId: id }, { limit: 10 });
  expect(items.map((entry) => entry.action)).toEqual(['API_KEY_BLOCK', 'API_KEY_CREATE']);
});

it('is closed to strangers, and to those who may only read', async () => {
  expect(await codeOf(world.keywright.keys.block(bob, id))).toBe('key_not_found');
  expect(await codeOf(world.keywright.keys.unblock(bob, id))).toBe('key_not_found');
  expect(await codeOf(world.keywright.keys.block(auditor, id, admins))).toBe('forbidden');
});

it('adds up holds', () => {
  expect([hold(null, 'owner'), hold('owner', 'owner'), hold('owner', 'admin'), hold('both', 'admin')]).toEqual([
    'owner',
    'owner',
    'both',
    'both',
  ]);
});
