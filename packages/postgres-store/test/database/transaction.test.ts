import { isKeywrightError, KeywrightError } from '@keywright/core';
import { anActiveKey, anOwner, aTenant, newSubscription } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';
import { watchedPool } from '../support/wire.ts';

describeDrivers('a transaction', (open) => {
  let database: OpenedDatabase;
  let storage: ReturnType<typeof createPostgresStorage>;
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
    storage = createPostgresStorage(database.client);
  });
  afterAll(() => database.close());

  it('fails when the work swallowed an error of the database: nothing can be committed then', async () => {
    const tenantId = aTenant();
    const work = storage.transaction(async (stores) => {
      await stores.users.ensure(tenantId, 'alice', {});
      await stores.subscriptions.insert(tenantId, newSubscription('nobody')).catch(() => {});
      return 'done';
    });
    await expect(work).rejects.toMatchObject({ code: 'internal_error', message: expect.stringContaining('nothing') });
    expect(await storage.users.find(tenantId, 'alice')).toBeUndefined();
  });

  it('goes on after `remove` said that a subscription is in use', async () => {
    const owner = await anOwner(storage);
    await anActiveKey(storage, owner);
    const seen = await storage.transaction(async (stores) => {
      const removed = await stores.subscriptions.remove(owner.tenantId, owner.subscriptionId);
      await stores.users.ensure(owner.tenantId, 'later', {});
      return removed;
    });
    expect(seen).toBe('in-use');
    expect(await storage.users.find(owner.tenantId, 'later')).toBeDefined();
  });

  it('lets verify and other work wait for it, and then go on', async () => {
    const owner = await anOwner(storage);
    const key = await anActiveKey(storage, owner);
    let found: ReturnType<typeof storage.unscoped.findBySecretHash> | undefined;
    await storage.transaction(async (stores) => {
      await stores.keys.update(owner.tenantId, key.id, { name: 'renamed' });
      found = storage.unscoped.findBySecretHash(key.keyHash); // awaited outside: on PGlite it runs after
    });
    expect((await found)?.key.id).toBe(key.id);
  });
});

describePostgres('a transaction that meets trouble', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    await migrate({ pool: database.pool() }).up();
  });
  afterAll(() => database.drop());

  it.each(['before', 'after'] as const)('is an error when the line is cut %s COMMIT was answered', async (when) => {
    const wire = await watchedPool(database.name);
    const storage = createPostgresStorage({ pool: wire.pool });
    const tenantId = aTenant();
    wire.cutAt(/^commit$/, when);
    const work = storage.transaction((stores) => stores.users.ensure(tenantId, 'alice', {}));
    const error = await work.catch((thrown: unknown) => thrown);
    expect(isKeywrightError(error, 'storage_unavailable')).toBe(true);
    await wire.close();
    const found = await createPostgresStorage({ pool: database.pool() }).users.find(tenantId, 'alice');
    if (when === 'before') expect(found).toBeUndefined();
  });

  it('is an error, and does not end the process, when the server cuts a connection that is in use', async () => {
    const pool = database.pool(1);
    const storage = createPostgresStorage({ pool });
    const work = storage.transaction(async (stores) => {
      await stores.users.find('t', 'u');
      const sessions = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and xact_start is not null and pid <> pg_backend_pid()`;
      await database.run(sessions, [database.name]);
      await stores.users.find('t', 'u');
    });
    await expect(work).rejects.toMatchObject({ code: 'storage_unavailable' });
    await storage.check();
  });

  it('runs again when it was the victim of a deadlock', async () => {
    const pool = database.pool();
    const storage = createPostgresStorage({ pool });
    const owner = await anOwner(storage);
    const [a, b] = [await anActiveKey(storage, owner), await anActiveKey(storage, owner)];
    const { promise: bothHoldOne, resolve } = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const both = async (first: string, second: string) =>
      storage.transaction(async (stores) => {
        runs++;
        await stores.keys.update(owner.tenantId, first, { name: 'x' });
        if (++holding === 2) resolve();
        await bothHoldOne;
        await stores.keys.update(owner.tenantId, second, { name: 'y' });
      });
    await Promise.all([both(a.id, b.id), both(b.id, a.id)]);
    expect(runs).toBe(3);
    for (const { id, version } of [a, b]) {
      expect((await storage.keys.find({ tenantId: owner.tenantId }, id))?.key.version).toBe(version + 2);
    }
  });

  it('gives up after three runs, and never runs again for an error of the work itself', async () => {
    const storage = createPostgresStorage({ pool: database.pool() });
    const failing = async (error: Error) => {
      let runs = 0;
      const work = storage.transaction(() => {
        runs++;
        throw error;
      });
      await expect(work).rejects.toBe(error);
      return runs;
    };
    const conflict = Object.assign(new Error('could not serialize access'), { code: '40001' });
    expect(await failing(conflict)).toBe(3);
    expect(await failing(new KeywrightError('key_limit_reached', 'ten are enough'))).toBe(1);
  });

  it('gives its connection back, whatever happened', async () => {
    const pool = database.pool(1);
    const storage = createPostgresStorage({ pool });
    await expect(storage.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await storage.transaction(() => Promise.resolve());
    expect({ idle: pool.idleCount, total: pool.totalCount, waiting: pool.waitingCount }).toEqual({
      idle: 1,
      total: 1,
      waiting: 0,
    });
    await storage.check();
  });

  it('isolates as READ COMMITTED also where the server defaults to another level', async () => {
    const pool = database.pool(1);
    await pool.query(`set default_transaction_isolation = 'serializable'`);
    const storage = createPostgresStorage({ pool });
    const other = createPostgresStorage({ pool: database.pool() });
    const owner = await anOwner(other);
    await storage.transaction(async (stores) => {
      await stores.users.find(owner.tenantId, owner.userId);
      await other.users.ensure(owner.tenantId, owner.userId, { name: 'changed meanwhile' });
      expect((await stores.users.find(owner.tenantId, owner.userId))?.name).toBe('changed meanwhile');
    });
  });
});

describe('without a server', () => {
  it('says so on every way to the database', async () => {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, password: 'hunter2-secret' });
    const storage = createPostgresStorage({ pool });
    const ways = [
      () => storage.check(),
      () => storage.users.find('tenant', 'user'),
      () => storage.unscoped.findBySecretHash('a'.repeat(64)),
      () => storage.transaction(() => Promise.resolve()),
      () => storage.unscoped.maintain(),
      () => migrate({ pool }).up(),
    ];
    for (const way of ways) {
      const error = await way().catch((thrown: unknown) => thrown);
      expect(isKeywrightError(error, 'storage_unavailable')).toBe(true);
      expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' }, retryAfterSeconds: 1 });
    }
    await pool.end();
    await expect(storage.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});
