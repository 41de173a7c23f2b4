import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from '../../src/migrations/migrations.ts';
import { type Child, startChild } from '../support/child.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describePostgres('migrate from many sides', () => {
  let database: TestDatabase;
  let children: Child[];
  beforeEach(async () => {
    database = await createDatabase();
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await database.drop();
  });

  const start = () => {
    const child = startChild('migrate-up.ts', [], { PGDATABASE: database.name });
    children.push(child);
    return child;
  };
  const applied = async () => (await migrate({ pool: database.pool(1) }).status()).applied.map(({ number }) => number);
  const partitions = async () =>
    (await database.run(`select 1 from pg_inherits where inhparent = 'keywright.usage_events'::regclass`)).length;

  it('is harmless from twenty connections at once: each step is taken once', async () => {
    const pools = Array.from({ length: 20 }, () => database.pool(1));
    const taken = await Promise.all(pools.map((pool) => migrate({ pool }).up()));
    expect(taken.flat().sort()).toEqual(
      (await migrate({ pool: database.pool(1) }).status()).applied.map(({ name }) => name),
    );
    expect(await partitions()).toBe(5);
    await createPostgresStorage({ pool: database.pool(1) }).check();
  });

  it('is harmless from twenty connections that undo at once', async () => {
    await migrate({ pool: database.pool(1) }).up();
    const pools = Array.from({ length: 20 }, () => database.pool(1));
    const undone = await Promise.all(pools.map((pool) => migrate({ pool }).down({ to: 0 })));
    expect(undone.flat()).toHaveLength(migrations.length);
    expect(await applied()).toEqual([]);
  });

  it('is harmless from twenty processes that start at once', async () => {
    const nodes = Array.from({ length: 20 }, start);
    for (const node of nodes) expect(await node.line()).toBe('ready');
    for (const node of nodes) node.process.stdin?.write('go\n');
    const taken = await Promise.all(nodes.map(async (node) => JSON.parse((await node.line()) ?? 'null')));
    expect(taken.flat()).toHaveLength(migrations.length);
    expect(await applied()).toEqual(migrations.map(({ number }) => number));
    expect(await partitions()).toBe(5);
  });

  it('leaves nothing half after kill -9 in the middle of a step, and goes on from there', {
    timeout: 60_000,
  }, async () => {
    await migrate({ pool: database.pool(1) }).up({ to: 1 });
    const holder = await database.pool(1).connect();
    await holder.query('begin');
    await holder.query('lock table keywright.users in access exclusive mode'); // 0002 refers to it and has to wait
    const node = start();
    await node.line();
    node.process.stdin?.write('go\n');
    await database.untilWaiting(1);
    await node.kill();
    await holder.query('rollback');
    holder.release();
    await untilAlone();
    const tables = await database.run<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'keywright' order by 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(['schema_migrations', 'subscriptions', 'tenants', 'users']);
    expect(await applied()).toEqual([1]);
    expect(await migrate({ pool: database.pool(1) }).up()).toHaveLength(migrations.length - 1);
  });

  it('gives up on a table that somebody holds, instead of letting everything queue up behind it', {
    timeout: 60_000,
  }, async () => {
    await migrate({ pool: database.pool(1) }).up({ to: 1 });
    const holder = await database.pool(1).connect();
    await holder.query('begin');
    await holder.query('lock table keywright.users in access exclusive mode');
    await expect(migrate({ pool: database.pool(1) }).up()).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { code: '55P03' },
    });
    await holder.query('rollback');
    holder.release();
    expect(await migrate({ pool: database.pool(1) }).up()).toHaveLength(migrations.length - 1);
  });

  /** Asks until the killed process's session has noticed that nobody is there. */
  async function untilAlone(): Promise<void> {
    while ((await sessionsInTransaction()) > 0);
  }

  async function sessionsInTransaction(): Promise<number> {
    const text = `select 1 from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() and xact_start is not null`;
    return (await database.run(text, [database.name])).length;
  }
});
