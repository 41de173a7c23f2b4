import type { SyncTaskKey } from '@keywright/core';
import { aLease, anId, aTenant } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { databaseNow } from '../../src/sync/database-time.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describePostgres('workers on several connections', () => {
  let database: TestDatabase;
  let workers: ReturnType<typeof createPostgresStorage>[];

  beforeAll(async () => {
    database = await createDatabase();
    const pools = Array.from({ length: 4 }, () => database.pool(2));
    for (const pool of pools) await migrate({ pool }).up();
    workers = pools.map((pool) => createPostgresStorage({ pool }));
  });
  afterAll(() => database.drop());

  const worker = (index: number) => {
    const found = workers[index];
    if (!found) throw new Error(`There is no worker ${index}.`);
    return found;
  };

  it('claim two hundred tasks, each once', async () => {
    const tenantId = aTenant();
    const ids = Array.from({ length: 200 }, anId);
    await Promise.all(ids.map((id) => worker(0).syncTasks.mark(tenantId, 'key', id)));
    const claimAll = async (storage: (typeof workers)[number]) => {
      const claimed: string[] = [];
      for (;;) {
        const tasks = await storage.unscoped.syncQueue.claim(7, 60_000);
        if (tasks.length === 0) return claimed;
        claimed.push(...tasks.map((task) => task.entityId));
      }
    };
    const claimed = await Promise.all(workers.map(claimAll));
    expect(claimed.flat().sort()).toEqual(ids.sort());
    expect(claimed.filter((ids) => ids.length > 0).length).toBeGreaterThan(1);
  });

  it('hand a task that all of them mark at once to one alone', async () => {
    for (let round = 0; round < 20; round++) {
      const tenantId = aTenant();
      const held = await Promise.all(workers.map(({ syncTasks }) => syncTasks.mark(tenantId, 'key', 'k', aLease())));
      expect(held.filter(Boolean)).toHaveLength(1);
    }
  });

  it('never lose a change that is marked while the work on the one before it ends', async () => {
    for (let round = 0; round < 50; round++) {
      const task: SyncTaskKey = { tenantId: aTenant(), entity: 'key', entityId: anId() };
      const lease = aLease();
      await worker(0).syncTasks.mark(task.tenantId, task.entity, task.entityId, lease);
      const [outcome] = await Promise.all([
        worker(0).syncTasks.finish(task, lease.token),
        worker(1).syncTasks.mark(task.tenantId, task.entity, task.entityId),
      ]);
      expect(outcome).not.toBe('lost');
      const { items } = await worker(2).syncTasks.list(task.tenantId, { limit: 10 });
      expect(items).toHaveLength(1);
      expect(items[0]?.leaseUntil).toBeNull();
    }
  });

  it('see that a task was marked after its lease had ended, whatever the millisecond', async () => {
    const task: SyncTaskKey = { tenantId: aTenant(), entity: 'key', entityId: anId() };
    const lease = aLease(0);
    await worker(0).syncTasks.mark(task.tenantId, task.entity, task.entityId, lease);
    await worker(1).syncTasks.mark(task.tenantId, task.entity, task.entityId);
    expect(await worker(0).syncTasks.finish(task, lease.token)).toBe('due-again');
  });

  it('find a task due at once: the time of a mark is cut to the millisecond, not rounded up', async () => {
    const db = openDatabase({ pool: database.pool(1) }, 'keywright');
    for (let round = 0; round < 100; round++) {
      const { rows } = await sql`select cast(${databaseNow} as timestamptz(3)) <= statement_timestamp() as due`.execute(
        db,
      );
      expect(rows).toEqual([{ due: true }]);
    }
  });

  it('pass over a task that another transaction is changing instead of waiting for it', async () => {
    const tenantId = aTenant();
    const [held, free] = [anId(), anId()];
    await worker(0).unscoped.syncQueue.claim(10_000, 60_000); // what other tests left
    for (const id of [held, free]) await worker(0).syncTasks.mark(tenantId, 'key', id);
    await worker(0).transaction(async (stores) => {
      await stores.syncTasks.mark(tenantId, 'key', held);
      const claimed = await worker(1).unscoped.syncQueue.claim(10, 60_000);
      expect(claimed.map((task) => task.entityId)).toEqual([free]);
    });
  });

  it('claim again what a transaction marked before, by the clock of the statement and not of its beginning', async () => {
    const tenantId = aTenant();
    const lease = aLease();
    await worker(0).transaction(async (stores) => {
      await worker(1).syncTasks.mark(tenantId, 'key', 'k', lease);
      await stores.syncTasks.mark(tenantId, 'key', 'k');
    });
    expect(await worker(1).syncTasks.finish({ tenantId, entity: 'key', entityId: 'k' }, lease.token)).toBe('due-again');
  });
});
