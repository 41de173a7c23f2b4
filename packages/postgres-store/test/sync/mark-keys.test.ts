import type { Storage } from '@keywright/core';
import { aLease, anActiveKey, anId, anOwner, aRotatedKey, type Owner } from '@keywright/core/testing';
import { createPostgresStorage, migrate, type PoolQuery } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describePostgres('marking many keys', () => {
  let database: TestDatabase;
  let storage: Storage;
  beforeAll(async () => {
    database = await createDatabase();
    const pool = database.pool();
    await migrate({ pool }).up();
    storage = createPostgresStorage({ pool });
  });
  afterAll(() => database.drop());

  it.each([
    [
      'of a subscription',
      ({ tenantId, subscriptionId }: Owner) => storage.syncTasks.markKeysOf(tenantId, { subscriptionId }),
    ],
    ['of a user', ({ tenantId, userId }: Owner) => storage.syncTasks.markKeysOf(tenantId, { userId })],
    ['of a tenant', ({ tenantId }: Owner) => storage.syncTasks.markKeysOf(tenantId, {})],
    ['that time changed', () => storage.unscoped.markKeysChangedByTime()],
  ])('takes the tasks of keys %s in the order of their ids, whatever the order of the rows', async (_, markKeys) => {
    const owner = await anOwner(storage);
    const { tenantId } = owner;
    const ids = Array.from({ length: 5 }, anId).sort();
    const held = ids[2] ?? '';
    // in an order that neither a scan forwards nor one backwards meets by chance
    for (const id of [3, 0, 4, 1, 2].map((index) => ids[index] ?? '')) {
      await aRotatedKey(storage, await anActiveKey(storage, owner, { id }), new Date(0));
      await storage.syncTasks.mark(tenantId, 'key', id, aLease());
    }
    let marking: Promise<number> | undefined;
    await storage.transaction(async (stores) => {
      await stores.syncTasks.mark(tenantId, 'key', held);
      marking = markKeys(owner);
      await database.untilWaiting(1);
      const free = await database.run<{ id: string }>(
        'select entity_id as id from keywright.sync_tasks where tenant_id = $1 for update skip locked',
        [tenantId],
      );
      expect(free.map(({ id }) => id).sort()).toEqual(ids.slice(3));
    });
    expect(await marking).toBeGreaterThanOrEqual(ids.length);
  });

  it('follows at the first look of a process what passed while nobody looked', async () => {
    const owner = await anOwner(storage);
    const { tenantId, id } = await anActiveKey(storage, owner);
    await storage.unscoped.markKeysChangedByTime();
    await database.run(`update keywright.subscriptions set expires_at = now() - interval '1 day' where id = $1`, [
      owner.subscriptionId,
    ]);
    await database.run(`update keywright.api_keys set last_sync_at = now() - interval '2 days' where id = $1`, [id]);
    await storage.unscoped.markKeysChangedByTime();
    expect((await storage.syncTasks.list(tenantId, { limit: 10 })).items).toEqual([]);
    await createPostgresStorage({ pool: database.pool() }).unscoped.markKeysChangedByTime();
    expect((await storage.syncTasks.list(tenantId, { limit: 10 })).items).toMatchObject([{ entityId: id }]);
  });

  it('finds what time changed by indexes, not by reading every subscription and every secret', async () => {
    const pool = database.pool(1);
    await pool.query('set enable_seqscan = off'); // the tables are too small for an index to pay
    let plan: unknown[] = [];
    const explain = async (query: PoolQuery) => {
      plan = (await pool.query({ ...query, text: `explain ${query.text}` })).rows;
      return { rows: [], rowCount: 0, command: 'SELECT' as const };
    };
    const connect = async () => ({ query: explain, release: () => {} });
    const { unscoped } = createPostgresStorage({ pool: { query: explain, connect } });
    for (let look = 0; look < 2; look++) await unscoped.markKeysChangedByTime();
    const indexes = ['subscriptions_starting', 'subscriptions_ending', 'api_key_secrets_ending'];
    for (const index of indexes) expect(JSON.stringify(plan)).toContain(index);
  });
});
