import { createKeywright, isKeywrightError } from '@keywright/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectEqual } from './equality.ts';
import {
  actor,
  anHourLater,
  expectWorks,
  listedKeys,
  openWorld,
  timePasses,
  type World,
  workerFinishes,
} from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());
beforeEach(async () => {
  world.running.standIn.faults.clear();
  world.running.standIn.up();
  await workerFinishes(world);
});

const create = (name = 'a key') => world.keywright.keys.create(actor, { name });
const generate = 'POST /key/generate';

/** Deletes as well when LiteLLM is in trouble; the caller is told that it goes on. */
async function rejection(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isKeywrightError(error)) throw new Error('should have been refused', { cause: error });
  return error;
}

describe('creating a key', () => {
  it('goes through when LiteLLM commits and its answer is lost', async () => {
    const fault = world.running.standIn.faults.add({ route: generate, kind: 'drop' });
    const { secret } = await create();
    expect(fault.hits).toBe(1);
    await expectWorks(world, secret.reveal(), true);
    await expectEqual(world);
  });

  it('goes through when the first call never reached LiteLLM', async () => {
    world.running.standIn.faults.add({ route: generate, kind: 'drop-before' });
    const { secret } = await create();
    await expectWorks(world, secret.reveal(), true);
    await expectEqual(world);
  });

  it('goes through when the answer is lost twice', async () => {
    world.running.standIn.faults.add({ route: generate, kind: 'drop', times: 2 });
    const { secret } = await create();
    await expectWorks(world, secret.reveal(), true);
    await expectEqual(world);
  });

  it('is answered 503 when LiteLLM hangs, and leaves nothing', async () => {
    const before = await listedKeys(world);
    const fault = world.running.standIn.faults.add({ route: generate, kind: 'hang', times: Number.POSITIVE_INFINITY });
    expect((await rejection(create())).code).toBe('gateway_unavailable');
    fault.remove();
    await workerFinishes(world);
    expect(await listedKeys(world)).toEqual(before);
    await expectEqual(world);
  });

  it('leaves nothing when LiteLLM commits after we gave up, however late', async () => {
    const before = await listedKeys(world);
    const late = world.running.standIn.faults.add({ route: generate, kind: 'late-commit' });
    expect((await rejection(create())).code).toBe('gateway_unavailable');
    await world.keywright.sync.runDue(); // the first clean-up finds nothing to delete yet
    await late.release();
    expect(world.running.standIn.keys().length).toBe(before.length + 1); // the late commit: a key that nobody knows
    await workerFinishes(world);
    expect(await listedKeys(world)).toEqual(before);
    await expectEqual(world);
  });

  it('keeps the row of an undone creation until no late commit is possible', async () => {
    const late = world.running.standIn.faults.add({ route: generate, kind: 'late-commit' });
    await rejection(create());
    await world.keywright.sync.runDue();
    const rows = await world.pool.query("select lifecycle from keywright.api_keys where lifecycle <> 'active'");
    expect(rows.rows).toEqual([{ lifecycle: 'aborting' }]);
    await late.release();
    await workerFinishes(world);
    await expectEqual(world);
  });

  it('is answered 503 when LiteLLM is down, and leaves nothing', async () => {
    const before = await listedKeys(world);
    world.running.standIn.down();
    expect((await rejection(create())).code).toBe('gateway_unavailable');
    world.running.standIn.up();
    await workerFinishes(world);
    expect(await listedKeys(world)).toEqual(before);
    await expectEqual(world);
  });

  it('is answered 422 with the reason when LiteLLM refuses, and leaves nothing, at once', async () => {
    const before = await listedKeys(world);
    world.running.standIn.faults.add({
      route: generate,
      kind: 'status',
      status: 400,
      body: {
        error: {
          message: "{'error': 'max_budget is over max limit set in config'}",
          type: 'bad_request_error',
          param: null,
          code: '400',
        },
      },
    });
    const error = await rejection(create());
    expect(error.code).toBe('gateway_refused');
    expect(error.message).toContain('max_budget is over max limit set in config');
    await expect
      .poll(
        async () => (await world.pool.query("select 1 from keywright.api_keys where lifecycle <> 'active'")).rowCount,
      )
      .toBe(0);
    expect(await listedKeys(world)).toEqual(before);
    await expectEqual(world);
  });

  it('cannot become active once a worker has begun to undo it', async () => {
    const slow = world.running.standIn.faults.add({ route: generate, kind: 'slow' });
    const patient = createKeywright({ storage: world.storage, litellm: world.litellm });
    const creating = patient.keys.create(actor, { name: 'a slow one' });
    await slow.reached;
    await anHourLater(world); // the lease runs out while LiteLLM still thinks
    await world.another().sync.runDue();
    await slow.release();
    expect((await rejection(creating)).code).toBe('gateway_unavailable');
    await workerFinishes(world);
    await expectEqual(world);
  });

  it('writes an audit entry with the reason for a creation that was undone', async () => {
    world.running.standIn.down();
    await rejection(create('the undone one'));
    world.running.standIn.up();
    await workerFinishes(world);
    const { items } = await world.storage.audit.list(
      actor.tenantId,
      { action: 'API_KEY_CREATE_ABORTED' },
      { limit: 1 },
    );
    expect(items[0]?.metadata).toMatchObject({ name: 'the undone one', userId: 'alice' });
  });
});

describe('a subscription that is narrowed while a key is being created', () => {
  it('binds the key here at once, and in LiteLLM as soon as the worker runs', async () => {
    const admin = { ...actor, userId: 'dana', roles: ['admin' as const] };
    const slow = world.running.standIn.faults.add({ route: generate, kind: 'slow' });
    const patient = createKeywright({ storage: world.storage, litellm: world.litellm });
    const creating = patient.keys.create(actor, { name: 'made meanwhile' });
    await slow.reached;
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { models: ['gpt-4o-mini'] });
    await slow.release();
    const { apiKey, secret } = await creating;
    expect(await patient.keys.verify(secret, { model: 'gpt-4o' })).toMatchObject({ reason: 'model_not_allowed' });
    await workerFinishes(world);
    const upstream = world.running.standIn.keys().find((key) => key.metadata.key_id === apiKey.id);
    expect(upstream?.models).toEqual(['gpt-4o-mini']);
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { models: ['gpt-4o-mini', 'gpt-4o'] });
    await workerFinishes(world);
    await expectEqual(world);
  });
});

describe('deleting a key', () => {
  it('ends access here at once and in LiteLLM later, when LiteLLM is down', async () => {
    const { apiKey, secret } = await create();
    world.running.standIn.down();
    expect(await world.keywright.keys.delete(actor, apiKey.id)).toMatchObject({ isPending: true });
    expect(await world.keywright.keys.verify(secret)).toEqual({ ok: false, reason: 'unknown' });
    expect(await listedKeys(world)).not.toContain(apiKey.id);
    world.running.standIn.up();
    await workerFinishes(world);
    await expectWorks(world, secret.reveal(), false);
    await expectEqual(world);
  });

  it.each(['POST /key/delete', 'POST /key/block', 'GET /key/info'])(
    'goes on when the answer of %s is lost',
    async (route) => {
      const { apiKey, secret } = await create();
      world.running.standIn.faults.add({ route, kind: 'drop' });
      await world.keywright.keys.delete(actor, apiKey.id);
      await workerFinishes(world);
      await expectWorks(world, secret.reveal(), false);
      await expectEqual(world);
    },
  );

  it('is not believed when LiteLLM says deleted and still holds the key', async () => {
    const { apiKey, secret } = await create();
    world.running.standIn.faults.add({
      route: 'POST /key/delete',
      kind: 'status',
      status: 200,
      body: { deleted_keys: [] },
    });
    expect(await world.keywright.keys.delete(actor, apiKey.id)).toMatchObject({ isPending: true });
    await workerFinishes(world);
    await expectWorks(world, secret.reveal(), false);
    await expectEqual(world);
  });

  it('of an old key does not wait longer than LiteLLM may still commit what a rotation asked for', async () => {
    const { apiKey } = await create();
    await world.pool.query("update keywright.api_keys set created_at = created_at - interval '30 days'");
    world.running.standIn.faults.add({ route: generate, kind: 'drop-before', times: 9 });
    expect((await rejection(world.keywright.keys.rotate(actor, apiKey.id))).code).toBe('gateway_unavailable');
    world.running.standIn.faults.clear();
    await timePasses(world, 40); // the lease of the rotation is over
    await world.keywright.keys.delete(actor, apiKey.id);
    const { rows } = await world.pool.query<{ wait: number }>(
      'select extract(epoch from due_at - now())::float8 as wait from keywright.sync_tasks',
    );
    expect(rows[0]?.wait).toBeLessThan(200);
    await workerFinishes(world);
    await expectEqual(world);
  });

  it('answers not found to its owner the second time', async () => {
    const { apiKey } = await create();
    await world.keywright.keys.delete(actor, apiKey.id);
    expect((await rejection(world.keywright.keys.delete(actor, apiKey.id))).code).toBe('key_not_found');
  });

  it('twice at the same time deletes once', async () => {
    const { apiKey } = await create();
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => world.another().keys.delete(actor, apiKey.id)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const { items } = await world.storage.audit.list(
      actor.tenantId,
      { action: 'API_KEY_DELETE', resourceId: apiKey.id },
      { limit: 10 },
    );
    expect(items).toHaveLength(1);
    await expectEqual(world);
  });
});

describe('changing a key', () => {
  it('stands when LiteLLM is down, and reaches it later', async () => {
    const { apiKey } = await create();
    world.running.standIn.down();
    expect(await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 7 })).toMatchObject({
      rpmLimit: 7,
      syncStatus: 'pending',
    });
    world.running.standIn.up();
    await workerFinishes(world);
    expect(world.running.standIn.keys().find((key) => key.metadata.key_id === apiKey.id)).toMatchObject({
      rpmLimit: 7,
    });
    await expectEqual(world);
  });

  it('is put back when LiteLLM refuses it', async () => {
    const { apiKey } = await create();
    world.running.standIn.faults.add({
      route: 'POST /key/update',
      kind: 'status',
      status: 400,
      body: { error: { message: 'no such budget', type: 'bad_request_error', param: null, code: '400' } },
    });
    expect((await rejection(world.keywright.keys.update(actor, apiKey.id, { maxBudget: '5' }))).code).toBe(
      'gateway_refused',
    );
    expect(await world.keywright.keys.get(actor, apiKey.id)).toMatchObject({ maxBudget: null });
    await workerFinishes(world);
    expect(await world.keywright.keys.get(actor, apiKey.id)).toMatchObject({ maxBudget: null, syncStatus: 'synced' });
    await expectEqual(world);
  });

  it('is put back without taking an earlier change along that LiteLLM has not followed yet', async () => {
    const admin = { ...actor, userId: 'dana', roles: ['admin' as const] };
    const { apiKey, secret } = await create();
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { status: 'suspended' });
    world.running.standIn.faults.add({ route: 'POST /key/update', kind: 'status', status: 400 });
    await rejection(world.keywright.keys.update(actor, apiKey.id, { maxBudget: '5' }));
    await workerFinishes(world);
    await expectWorks(world, secret.reveal(), false);
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { status: 'active' });
    await workerFinishes(world);
    await expectWorks(world, secret.reveal(), true);
  });

  it('is not undone by an older one that LiteLLM commits late', async () => {
    const { apiKey } = await create();
    const late = world.running.standIn.faults.add({ route: 'POST /key/update', kind: 'late-commit' });
    expect(await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 500 })).toMatchObject({
      syncStatus: 'pending',
    });
    await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 1 });
    await late.release();
    const upstream = () => world.running.standIn.keys().find((key) => key.metadata.key_id === apiKey.id);
    expect(upstream()).toMatchObject({ rpmLimit: 500 }); // the older change, after the newer one
    await workerFinishes(world);
    expect(upstream()).toMatchObject({ rpmLimit: 1 });
    await expectEqual(world);
  });

  it('is one change of one key in whatever case its id is written', async () => {
    const { apiKey, secret } = await create();
    await world.keywright.keys.update(actor, apiKey.id.toUpperCase(), { rpmLimit: 9 });
    expect(await world.keywright.keys.verify(secret)).toMatchObject({ caller: { limits: { rpmLimit: 9 } } });
    await world.keywright.keys.delete(actor, apiKey.id.toUpperCase());
    expect(await world.keywright.keys.verify(secret)).toEqual({ ok: false, reason: 'unknown' });
    const tasks = await world.pool.query('select entity_id from keywright.sync_tasks where entity_id ~ $1', ['[A-F]']);
    expect(tasks.rows).toEqual([]);
    await expectEqual(world);
  });

  it('takes a model from LiteLLM when the subscription loses it, and blocks the key with the last one', async () => {
    const admin = { ...actor, userId: 'dana', roles: ['admin' as const] };
    const { apiKey, secret } = await world.keywright.keys.create(actor, { name: 'narrow', models: ['gpt-4o'] });
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { models: ['gpt-4o-mini'] });
    expect(await world.keywright.keys.verify(secret, { model: 'gpt-4o' })).toEqual({
      ok: false,
      reason: 'model_not_allowed',
    });
    await workerFinishes(world);
    expect(world.running.standIn.keys().find((key) => key.metadata.key_id === apiKey.id)).toMatchObject({
      blocked: true,
    });
    await world.keywright.subscriptions.update(admin, world.subscriptionId, { models: ['gpt-4o-mini', 'gpt-4o'] });
    await workerFinishes(world);
    await expectWorks(world, secret.reveal(), true);
    await expectEqual(world);
  });
});
