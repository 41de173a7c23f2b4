import { type Actor, isKeywrightError } from '@keywright/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actor, admin, openWorld, type World } from './world.ts';

let world: World;
let keyId: string;

/** Same user id, another tenant, every role that a tenant has. */
const stranger: Actor = { tenantId: 'globex', userId: actor.userId, roles: ['user', 'admin'] };
const theirs = { of: 'tenant' as const };
const ours = { of: 'tenant' as const, tenantId: actor.tenantId };

beforeAll(async () => {
  world = await openWorld();
  keyId = (await world.keywright.keys.create(actor, { name: 'ours' })).apiKey.id;
  await world.keywright.subscriptions.create(stranger, { userId: stranger.userId, models: ['gpt-4o'] });
  world.running.standIn.down();
  await world.keywright.keys.update(actor, keyId, { tpmLimit: 3 }); // a task that a stranger could push on
  world.running.standIn.up();
  const { userId, tenantId } = stranger;
  await world.pool.query('delete from keywright.sync_tasks where tenant_id = $1 and entity_id = $2', [
    tenantId,
    userId,
  ]);
});
afterAll(() => world?.close());

/** Everything of the tenant's, in both systems. */
async function everythingOfOurs(): Promise<unknown> {
  const tables = ['tenants', 'users', 'subscriptions', 'api_keys', 'api_key_secrets', 'sync_tasks', 'audit_logs'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const column = table === 'tenants' ? 'id' : 'tenant_id';
      const text = `select t::text as row from keywright.${table} t where t.${column} = $1 order by 1`;
      return (await world.pool.query(text, [actor.tenantId])).rows;
    }),
  );
  return { rows, keys: world.running.standIn.keys() };
}

const attempts: Record<string, [() => Promise<unknown>, expected: string]> = {
  'keys.get': [() => world.keywright.keys.get(stranger, keyId), 'key_not_found'],
  'keys.get as admin': [() => world.keywright.keys.get(stranger, keyId, theirs), 'key_not_found'],
  'keys.update': [() => world.keywright.keys.update(stranger, keyId, { tpmLimit: 1 }), 'key_not_found'],
  'keys.update as admin': [
    () => world.keywright.keys.update(stranger, keyId, { tpmLimit: 1 }, theirs),
    'key_not_found',
  ],
  'keys.rotate': [() => world.keywright.keys.rotate(stranger, keyId), 'key_not_found'],
  'keys.rotate as admin': [() => world.keywright.keys.rotate(stranger, keyId, {}, theirs), 'key_not_found'],
  'keys.rotate in our name': [() => world.keywright.keys.rotate(stranger, keyId, {}, ours), 'forbidden'],
  'keys.block': [() => world.keywright.keys.block(stranger, keyId), 'key_not_found'],
  'keys.block as admin': [() => world.keywright.keys.block(stranger, keyId, theirs), 'key_not_found'],
  'keys.block in our name': [() => world.keywright.keys.block(stranger, keyId, ours), 'forbidden'],
  'keys.unblock': [() => world.keywright.keys.unblock(stranger, keyId), 'key_not_found'],
  'keys.unblock as admin': [() => world.keywright.keys.unblock(stranger, keyId, theirs), 'key_not_found'],
  'keys.delete': [() => world.keywright.keys.delete(stranger, keyId), 'key_not_found'],
  'keys.delete as admin': [() => world.keywright.keys.delete(stranger, keyId, theirs), 'key_not_found'],
  'keys.bulkDelete in our name': [
    () => world.keywright.keys.bulkDelete(stranger, { userId: actor.userId, dryRun: false }, ours),
    'forbidden',
  ],
  'keys.createFor, our subscription': [
    () =>
      world.keywright.keys.createFor(stranger, { userId: 'alice', name: 'x', subscriptionId: world.subscriptionId }),
    'subscription_not_found',
  ],
  'keys.create, our subscription': [
    () => world.keywright.keys.create(stranger, { name: 'x', subscriptionId: world.subscriptionId }),
    'subscription_not_found',
  ],
  'subscriptions.get': [
    () => world.keywright.subscriptions.get(stranger, world.subscriptionId, theirs),
    'subscription_not_found',
  ],
  'subscriptions.update': [
    () => world.keywright.subscriptions.update(stranger, world.subscriptionId, { status: 'cancelled' }),
    'subscription_not_found',
  ],
  'subscriptions.update in our name': [
    () => world.keywright.subscriptions.update(stranger, world.subscriptionId, { status: 'cancelled' }, ours),
    'forbidden',
  ],
  'subscriptions.delete': [
    () => world.keywright.subscriptions.delete(stranger, world.subscriptionId),
    'subscription_not_found',
  ],
  'users.get': [() => world.keywright.users.get(stranger, 'dana'), 'user_not_found'],
  'users.update in our name': [
    () => world.keywright.users.update(stranger, actor.userId, { isActive: false }, ours),
    'forbidden',
  ],
  'tenants.get': [() => world.keywright.tenants.get(stranger, actor.tenantId), 'forbidden'],
  'tenants.list': [() => world.keywright.tenants.list(stranger, {}, { limit: 10 }), 'forbidden'],
  'tenants.update': [() => world.keywright.tenants.update(stranger, actor.tenantId, { isActive: false }), 'forbidden'],
  'tenants.create': [() => world.keywright.tenants.create(stranger, { id: 'mine' }), 'forbidden'],
  'sync.retry': [() => world.keywright.sync.retry(stranger, 'key', keyId), 'sync_task_not_found'],
  'sync.summary in our name': [() => world.keywright.sync.summary(stranger, ours), 'forbidden'],
  'reconcile.run': [() => world.keywright.reconcile.run(stranger, { repair: true }), 'forbidden'],
  'reconcile.last': [() => world.keywright.reconcile.last(stranger), 'forbidden'],
};

it.each(Object.keys(attempts))('%s: a stranger finds nothing of another tenant, and changes nothing', async (name) => {
  const attempt = attempts[name];
  if (!attempt) throw new Error('no such attempt');
  const before = await everythingOfOurs();
  const code = await attempt[0]().then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
  expect(code).toBe(attempt[1]);
  expect(await everythingOfOurs()).toEqual(before);
});

it("what a stranger may do to his own user of the same name leaves another tenant's alone", async () => {
  const before = await everythingOfOurs();
  await world.keywright.users.update(stranger, actor.userId, { isActive: false });
  expect(await world.keywright.keys.bulkDelete(stranger, { userId: actor.userId, dryRun: false })).toMatchObject({
    matched: 0,
  });
  expect(await everythingOfOurs()).toEqual(before);
});

it('a list, a count and an audit log show a stranger nothing', async () => {
  const { keywright } = world;
  const page = { limit: 50 };
  expect((await keywright.keys.list(stranger, {}, page, theirs)).items).toEqual([]);
  expect((await keywright.subscriptions.list(stranger, {}, page, theirs)).items).toHaveLength(1);
  expect((await keywright.users.list(stranger, {}, page)).items).toHaveLength(1);
  expect((await keywright.audit.list(stranger, { resourceId: keyId }, page)).items).toEqual([]);
  expect((await keywright.sync.list(stranger, page)).items.filter((task) => task.entityId === keyId)).toEqual([]);
  expect(await keywright.keys.statistics(stranger)).toMatchObject({ total: 0 });
  expect((await keywright.keys.get(admin, keyId, theirs)).tpmLimit).toBe(3); // there was something to see
});
