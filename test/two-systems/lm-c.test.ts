import { isKeywrightError, KeywrightError } from '@keywright/core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { expectEqual } from './equality.ts';
import { faultyPorts } from './faulty-ports.ts';
import { runWatched } from './trial-run.ts';
import { actor, admin, expectWorks, openWorld, reconcile, type World, withoutKeys, workerFinishes } from './world.ts';

let world: World;
const admins = { of: 'tenant' as const };

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());
afterEach(async () => {
  world.running.standIn.up();
  world.running.standIn.faults.clear();
  await workerFinishes(world);
  await withoutKeys(world);
});

const create = (name = 'a key') => world.keywright.keys.create(actor, { name });
const upstream = (keyId: string) => world.running.standIn.keys().find((key) => key.metadata.key_id === keyId);
const callsSince = (start: number) =>
  world.running.standIn.calls.slice(start).map((call) => `${call.method} ${call.path}`);
const callsSoFar = () => world.running.standIn.calls.length;
const refusal = { kind: 'status', status: 400 } as const;

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
}

async function expectEqualInTheEnd(): Promise<void> {
  await workerFinishes(world);
  expect(await reconcile(world)).toMatchObject({ outcome: 'equal' });
  await expectEqual(world);
}

it.each([
  ['the answer is lost', { kind: 'drop' }, 'ok'],
  ['the answers of both calls are lost', { kind: 'drop', times: 2 }, 'ok'],
  ['the call does not arrive', { kind: 'drop-before' }, 'ok'],
  ['no call arrives', { kind: 'drop-before', times: 9 }, 'gateway_unavailable'],
  ['LiteLLM fails', { kind: 'status', status: 500, times: 9 }, 'gateway_unavailable'],
] as const)(
  'LM-C1: a create is on both sides or on neither, and generate is never repeated blindly: %s',
  async (...[, fault, code]) => {
    const start = callsSoFar();
    world.running.standIn.faults.add({ route: 'POST /key/generate', ...fault });
    expect(await codeOf(create())).toBe(code);
    const calls = callsSince(start).filter((call) => /generate|\/key\/info/.test(call));
    expect(calls.join(' ')).not.toMatch(/generate \S+ \S*generate/);
    world.running.standIn.faults.clear();
    await expectEqualInTheEnd();
    expect(world.running.standIn.keys().length).toBe(code === 'ok' ? 1 : 0);
  },
);

it.each([
  ['connecting', ['transaction']],
  ['COMMIT', ['transaction.commit']],
  ['cleaning up', ['litellm.createKey', 'keys.moveLifecycle']],
])('LM-C1: a create that fails at %s is on neither side', async (_, failing) => {
  const { told } = await runWatched(world, 'create', ({ call, when }) => {
    if (when !== 'before' || !failing.includes(call)) return;
    throw new KeywrightError(call === 'litellm.createKey' ? 'gateway_refused' : 'storage_unavailable', 'cut off');
  });
  expect(told).toMatchObject({ error: { code: 'storage_unavailable' } });
  await expectEqualInTheEnd();
  expect(world.running.standIn.keys().length).toBe(1); // the one that was there before
});

it('LM-C2: a limit that LiteLLM refuses is refused, and never stored as synced', async () => {
  const { apiKey } = await create();
  world.running.standIn.faults.add({ route: 'POST /key/generate', ...refusal });
  expect(await codeOf(world.keywright.keys.create(actor, { name: 'x', maxBudget: '5' }))).toBe('gateway_refused');
  world.running.standIn.faults.add({ route: 'POST /key/update', ...refusal });
  expect(await codeOf(world.keywright.keys.update(actor, apiKey.id, { maxBudget: '5' }))).toBe('gateway_refused');
  expect(await world.keywright.keys.get(actor, apiKey.id)).toMatchObject({ maxBudget: null });
  await expectEqualInTheEnd();
});

it('LM-C2: a limit that LiteLLM refuses when nobody waits any more is shown as an error', async () => {
  const { apiKey } = await create();
  world.running.standIn.down();
  await world.keywright.keys.update(actor, apiKey.id, { maxBudget: '5' });
  world.running.standIn.up();
  world.running.standIn.faults.add({ route: 'POST /key/update', ...refusal });
  await workerFinishes(world);
  expect(await world.keywright.keys.get(actor, apiKey.id)).toMatchObject({
    maxBudget: 5_000_000_000n,
    syncStatus: 'error',
  });
  expect(await world.keywright.sync.summary(admin)).toMatchObject({ dead: 1 });
  await world.keywright.sync.retry(admin, 'key', apiKey.id);
  await expectEqualInTheEnd();
});

it('LM-C3: list and get never call LiteLLM; what is stale says so', async () => {
  const { apiKey } = await create();
  world.running.standIn.down();
  await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 3 });
  world.running.standIn.up();
  const start = callsSoFar();
  const { items } = await world.keywright.keys.list(actor, {}, { limit: 10 });
  const got = await world.keywright.keys.get(actor, apiKey.id);
  expect(callsSince(start)).toEqual([]);
  for (const view of [...items, got])
    expect(view).toMatchObject({ syncStatus: 'pending', lastSyncAt: expect.any(Date) });
});

it('LM-C4: at no moment of an update does a key have no models, on either side', async () => {
  const { told } = await runWatched(world, 'update', async () => {
    for (const key of world.running.standIn.keys()) expect(key.models).not.toEqual([]);
    const { rows } = await world.pool.query("select 1 from keywright.api_keys where models = '{}'");
    expect(rows).toEqual([]);
  });
  expect(told).not.toHaveProperty('error');
});

it('LM-C4: duplicate models are merged, none is refused before anything is written', async () => {
  const { apiKey } = await create();
  const { models } = await world.keywright.keys.update(actor, apiKey.id, { models: ['gpt-4o', 'gpt-4o'] });
  expect([models, upstream(apiKey.id)?.models]).toEqual([['gpt-4o'], ['gpt-4o']]);
  expect(await codeOf(world.keywright.keys.update(actor, apiKey.id, { models: [] }))).toBe('validation_failed');
  await expectEqualInTheEnd();
});

it('LM-C4: a change that LiteLLM has not followed is not reported as synced', async () => {
  const { apiKey } = await create();
  world.running.standIn.faults.add({ route: 'POST /key/update', kind: 'drop-before', times: 9 });
  expect(await world.keywright.keys.update(actor, apiKey.id, { tpmLimit: 7 })).toMatchObject({ syncStatus: 'pending' });
  expect(upstream(apiKey.id)?.tpmLimit).toBeNull();
  world.running.standIn.faults.clear();
  await expectEqualInTheEnd();
  expect(upstream(apiKey.id)?.tpmLimit).toBe(7);
});

it.each([
  ['maxBudget', '5'],
  ['softBudget', '4'],
  ['budgetDuration', '30d'],
  ['tpmLimit', 9],
  ['rpmLimit', 9],
  ['maxParallelRequests', 9],
] as const)('LM-C5: clearing %s with null clears it in LiteLLM too', async (limit, value) => {
  const { apiKey, secret } = await create();
  const held = async () => (await world.litellm.mirror.findKey(secret.hash, new AbortController().signal))?.[limit];
  await world.keywright.keys.update(actor, apiKey.id, { [limit]: value });
  expect(await held()).not.toBeNull();
  expect(await world.keywright.keys.update(actor, apiKey.id, { [limit]: null })).toMatchObject({
    syncStatus: 'synced',
  });
  expect(await held()).toBeNull();
});

it('LM-C6: one change of several fields is one row version, one audit entry and one call', async () => {
  const { apiKey } = await create();
  const start = callsSoFar();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await world.keywright.keys.update(actor, apiKey.id, { name: 'renamed', models: ['gpt-4o'], tpmLimit: 5, expiresAt });
  expect(callsSince(start).filter((call) => call.startsWith('POST'))).toEqual(['POST /key/update']);
  const { items } = await world.keywright.audit.list(admin, { resourceId: apiKey.id }, { limit: 10 });
  expect(items.map((entry) => entry.action)).toEqual(['API_KEY_UPDATE', 'API_KEY_CREATE']);
});

it('LM-C6: a key that has ended is refused before anything is written', async () => {
  const { apiKey } = await create();
  await world.pool.query("update keywright.api_keys set expires_at = now() - interval '1 second'");
  const before = await world.pool.query('select * from keywright.api_keys');
  const start = callsSoFar();
  const change = { name: 'renamed', tpmLimit: 5, expiresAt: new Date(Date.now() + 3_600_000) };
  expect(await codeOf(world.keywright.keys.update(actor, apiKey.id, change))).toBe('key_not_active');
  expect((await world.pool.query('select * from keywright.api_keys')).rows).toEqual(before.rows);
  expect(callsSince(start)).toEqual([]);
});

it.each(['delete', 'block'] as const)(
  'LM-C7: after an accepted %s with LiteLLM down verify refuses at once, and LiteLLM is told until it confirms',
  async (what) => {
    const { apiKey, secret } = await create();
    world.running.standIn.down();
    await world.keywright.keys[what](actor, apiKey.id);
    expect(await world.keywright.keys.verify(secret)).toMatchObject({ ok: false });
    await world.keywright.sync.runDue();
    const { rows } = await world.pool.query("select encode(key_hash, 'hex') as hash from keywright.api_keys");
    expect(rows).toEqual([{ hash: secret.hash }]); // until then it is known what is to be removed
    world.running.standIn.up();
    await expectEqualInTheEnd();
    await expectWorks(world, secret, false);
  },
);

it('LM-C8: a rotation whose generate fails leaves the old secret working and gives none', async () => {
  const { apiKey, secret } = await create();
  world.running.standIn.faults.add({ route: 'POST /key/generate', kind: 'status', status: 500, times: 9 });
  expect(await codeOf(world.keywright.keys.rotate(actor, apiKey.id, { gracePeriodSeconds: 0 }))).toBe(
    'gateway_unavailable',
  );
  await expectWorks(world, secret, true);
  world.running.standIn.faults.clear();
  await expectEqualInTheEnd();
  await expectWorks(world, secret, true);
  expect(world.running.standIn.keys()).toHaveLength(1);
});

it.each(['rotate', 'create', 'update', 'delete'] as const)(
  'LM-C8: no transaction is open while LiteLLM is asked: %s',
  async (what) => {
    const { apiKey } = await create();
    const slow = world.running.standIn.faults.add({ route: /^POST/, kind: 'slow' });
    const work = {
      rotate: () => world.keywright.keys.rotate(actor, apiKey.id),
      create: () => create('another'),
      update: () => world.keywright.keys.update(actor, apiKey.id, { tpmLimit: 1 }),
      delete: () => world.keywright.keys.delete(actor, apiKey.id),
    }[what]();
    await slow.reached;
    const { rows } = await world.pool.query(
      'select query from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()',
    );
    expect(rows).toEqual([]);
    await slow.release();
    await work;
  },
);

it.each([{ status: 'suspended' }, { status: 'inactive' }, { models: ['gpt-4o-mini'] }] as const)(
  'LM-C9: %j binds at once in verify, and LiteLLM follows or the entry stays pending',
  async (change) => {
    const { apiKey, secret } = await create();
    world.running.standIn.down();
    const wanted = 'models' in change ? { models: [...change.models] } : change;
    await world.keywright.subscriptions.update(admin, world.subscriptionId, wanted);
    expect(await world.keywright.keys.verify(secret, { model: 'gpt-4o' })).toMatchObject({ ok: false });
    await world.keywright.sync.runDue();
    expect(await world.keywright.sync.summary(admin)).toMatchObject({ pending: 1, dead: 0 });
    world.running.standIn.up();
    await expectEqualInTheEnd();
    const bound = 'models' in change ? { models: ['gpt-4o-mini'] } : { blocked: true };
    expect(upstream(apiKey.id)).toMatchObject(bound);
    const both = { status: 'active' as const, models: ['gpt-4o-mini', 'gpt-4o'] };
    await world.keywright.subscriptions.update(admin, world.subscriptionId, both);
    await expectEqualInTheEnd();
  },
);

it('LM-C9: a subscription that keys hang on is not deleted', async () => {
  const { secret } = await create();
  expect(await codeOf(world.keywright.subscriptions.delete(admin, world.subscriptionId))).toBe('subscription_in_use');
  await expectWorks(world, secret, true);
});

it('LM-C10: a bulk deletion commits each key by itself and reports what is committed', async () => {
  for (const name of ['one', 'two', 'three']) await create(name);
  const seen = { 'audit.append': 0, 'litellm.deleteKey': 0 };
  const ports = faultyPorts(world.storage, world.litellm.mirror, ({ call, when }) => {
    if (when !== 'before') return;
    if (call === 'audit.append' && ++seen[call] === 2) throw new KeywrightError('storage_unavailable', 'cut off');
    if (call === 'litellm.deleteKey' && ++seen[call] === 1) throw new KeywrightError('gateway_unavailable', 'cut off');
  });
  const { keys } = await world.another(ports).keys.bulkDelete(admin, { userId: actor.userId, dryRun: false });
  expect(keys.map((key) => key.outcome).sort()).toEqual(['deleted', 'pending', 'storage_unavailable']);
  const left = await world.keywright.keys.list(admin, {}, { limit: 10 }, admins);
  const reported = (outcome: string) => keys.filter((key) => key.outcome === outcome).map((key) => key.id);
  expect(left.items.filter((key) => key.status === 'active').map((key) => key.id)).toEqual(
    reported('storage_unavailable'),
  );
  expect(left.items.filter((key) => key.status === 'deleting').map((key) => key.id)).toEqual(reported('pending'));
  world.running.standIn.faults.clear();
  await expectEqualInTheEnd();
});

it('LM-C11: nothing rewrites the id of a user, and a user that LiteLLM refuses is visible', async () => {
  await create();
  const change = { id: 'another' };
  // @ts-expect-error an id cannot be changed
  expect(await codeOf(world.keywright.users.update(admin, actor.userId, change))).toBe('validation_failed');
  const rewriting = world.pool.query("update keywright.users set id = 'another' where id = $1", [actor.userId]);
  await expect(rewriting).rejects.toMatchObject({ code: '23503' });
  world.running.standIn.faults.add({ route: /user/, ...refusal, times: 9 });
  await world.keywright.users.update(admin, actor.userId, { tpmLimit: 5 });
  await world.keywright.sync.runDue();
  expect(await world.keywright.users.get(admin, actor.userId)).toMatchObject({ syncStatus: 'error' });
  expect(await world.keywright.sync.summary(admin)).toMatchObject({ dead: 1 });
  world.running.standIn.faults.clear();
  await world.keywright.users.update(admin, actor.userId, { tpmLimit: null });
  await expectEqualInTheEnd();
});
