import { anActiveKey, anOwner, FixedClock, newUsageEvent } from '@keywright/core/testing';
import {
  compareSchema,
  createPostgresStorage,
  expectedSchema,
  migrate,
  readLiveSchema,
} from '@keywright/postgres-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMigrator } from '../../src/migrations/migrate.ts';
import { migrations } from '../../src/migrations/migrations.ts';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';
import { changedRelease, nextRelease, notes } from './releases.ts';

const all = migrations.map(({ name }) => name);
/** Undone, the newest comes first. */
const undone = (from: number, to?: number) => all.slice(from, to).toReversed();

describeDrivers('migrate', (open) => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  /** Starting a PGlite for every test would take minutes. */
  beforeEach(async () => {
    const schemas = await database.run<{ name: string }>(
      `select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema$|public$)'`,
    );
    for (const { name } of schemas) await database.run(`drop schema ${name} cascade`);
  });

  const tables = async (schema = 'keywright') =>
    (await database.run<{ name: string }>(`select tablename as name from pg_tables where schemaname = $1`, [schema]))
      .map(({ name }) => name)
      .sort();

  it('applies everything once, and tells what it did', async () => {
    const migrator = migrate(database.client);
    expect(await migrator.status()).toMatchObject({ applied: [], pending: all });
    expect(await migrator.up()).toEqual(all);
    expect(await migrator.up()).toEqual([]);
    const status = await migrator.status();
    expect(status).toMatchObject({ pending: [], newer: [], refusal: undefined });
    expect(status.applied.map(({ name }) => name)).toEqual(all);
    expect(compareSchema(expectedSchema, await readLiveSchema(database.client))).toEqual([]);
  });

  it('goes up to a step, down by steps and down to a number', async () => {
    const migrator = migrate(database.client);
    expect(await migrator.up({ to: 2 })).toEqual(all.slice(0, 2));
    expect(await tables()).not.toContain('sync_tasks');
    expect(await migrator.up()).toEqual(all.slice(2));
    expect(await migrator.down()).toEqual(undone(-1));
    expect(await migrator.down({ steps: 2 })).toEqual(undone(-3, -1));
    expect(await migrator.down({ to: 2 })).toEqual(undone(2, -3));
    expect(await migrator.down({ to: 0 })).toEqual(['0002_api_keys', '0001_tenants_users_subscriptions']);
    expect(await tables()).toEqual(['schema_migrations']);
    expect(await migrator.down()).toEqual([]);
    expect(await migrator.up()).toEqual(all);
  });

  it('keeps the data of the steps below when the ones above are undone and applied again', async () => {
    const migrator = migrate(database.client);
    await migrator.up();
    const storage = createPostgresStorage(database.client);
    const owner = await anOwner(storage);
    const key = await anActiveKey(storage, owner, { maxBudget: 1n, metadata: { kept: true } });
    await storage.unscoped.ledger.append([newUsageEvent(key)]);
    const before = await storage.keys.mirrorSource(owner.tenantId, key.id);
    expect(await migrator.down({ to: 2 })).toEqual(undone(2));
    expect(await migrator.up()).toEqual(all.slice(2));
    expect(await storage.keys.mirrorSource(owner.tenantId, key.id)).toEqual(before);
    await storage.check();
    const range = { from: new Date(0), to: new Date('2100-01-01') };
    expect((await storage.usage.totals(owner.tenantId, range)).requests).toBe(0);
  });

  it('works in a schema of any name, beside another one', async () => {
    await migrate({ ...database.client, schema: 'one' }).up();
    await migrate({ ...database.client, schema: 'two' }).up({ to: 1 });
    const storage = createPostgresStorage({ ...database.client, schema: 'one' });
    await storage.check();
    await anActiveKey(storage, await anOwner(storage));
    await storage.unscoped.maintain();
    expect(await tables('two')).toEqual(['schema_migrations', 'subscriptions', 'tenants', 'users']);
    expect(await database.run('select 1 from two.tenants')).toEqual([]);
    expect(await database.run('select 1 from one.tenants')).toHaveLength(1);
    expect(await tables()).toEqual([]);
  });

  it.each(['', 'Upper', 'a-b', 'a b', '1a', 'pg_mine', 'a"b', "a'b", 'a'.repeat(64)])(
    'refuses %j as the name of a schema',
    (schema) => {
      expect(() => migrate({ ...database.client, schema })).toThrow(/^schema: /);
      expect(() => createPostgresStorage({ ...database.client, schema })).toThrow(/^schema: /);
    },
  );

  describe('of another release', () => {
    it('refuses a schema that a newer release changed in a breaking way, and check does too', async () => {
      await createMigrator(database.client, nextRelease({ breaking: true })).up();
      const refused = { code: 'schema_mismatch', message: expect.stringContaining(notes) };
      await expect(migrate(database.client).up()).rejects.toMatchObject(refused);
      await expect(migrate(database.client).down()).rejects.toMatchObject(refused);
      await expect(createPostgresStorage(database.client).check()).rejects.toMatchObject(refused);
    });

    it('only warns of one that was changed in another way', async () => {
      await createMigrator(database.client, nextRelease()).up();
      const warnings: unknown[] = [];
      const ignore = () => {};
      const logger = { debug: ignore, info: ignore, error: ignore, warn: (...line: unknown[]) => warnings.push(line) };
      expect(await migrate({ ...database.client, logger }).up()).toEqual([]);
      expect(warnings).toEqual([[expect.stringContaining('newer release'), { newer: [notes] }]]);
      await createPostgresStorage(database.client).check();
    });

    it('refuses a step that was changed after it was applied, by its name', async () => {
      await migrate(database.client).up();
      await expect(createMigrator(database.client, changedRelease(3)).up()).rejects.toMatchObject({
        code: 'schema_mismatch',
        message: expect.stringContaining('0003_sync_tasks'),
      });
    });

    it('takes a schema of an older release to this one', async () => {
      await migrate(database.client).up();
      expect(await createMigrator(database.client, nextRelease()).up()).toEqual([notes]);
      expect(await tables()).toContain('notes');
    });
  });

  it('leaves nothing of a step that fails, and all of the steps before it', async () => {
    const up = (schema: string) => [`create table ${schema}.half (id integer)`, 'select 1 / 0'];
    await expect(createMigrator(database.client, nextRelease({ up })).up()).rejects.toMatchObject({
      code: 'internal_error',
    });
    expect(await tables()).not.toContain('half');
    expect((await migrate(database.client).status()).applied.map(({ name }) => name)).toEqual(all);
    await createPostgresStorage(database.client).check();
  });

  it('lets check say what to run when the schema is missing, empty or too old', async () => {
    const storage = createPostgresStorage(database.client);
    const advice = { code: 'schema_mismatch', message: expect.stringContaining('keywright migrate up') };
    await expect(storage.check()).rejects.toMatchObject(advice);
    await migrate(database.client).up({ to: all.length - 1 });
    await expect(storage.check()).rejects.toMatchObject(advice);
    await expect(storage.check()).rejects.toThrow(all.at(-1));
    await migrate(database.client).up();
    await storage.check();
  });

  it('says the same when a store is used on a schema that is not there', async () => {
    const storage = createPostgresStorage(database.client);
    const advice = { code: 'schema_mismatch', message: expect.stringContaining('keywright migrate up') };
    await expect(storage.users.find('t', 'u')).rejects.toMatchObject(advice);
    await expect(storage.unscoped.findBySecretHash('a'.repeat(64))).rejects.toMatchObject(advice);
  });

  describe('printed SQL', () => {
    /** Runs a script the way psql does: one statement after the other. */
    const runScript = async (script: string) => {
      const statements = script.replace(/^--.*$/gm, '').split(/;\n/);
      for (const statement of statements) if (statement.trim()) await database.run(statement);
    };
    const clock = new FixedClock('2031-05-15T00:00:00Z');
    /** Everything that there is, but for the times of application. */
    const dump = async (schema: string) => ({
      columns: await readLiveSchema({ ...database.client, schema }),
      tables: await tables(schema),
      indexes: await database.run(
        `select replace(indexdef, $1 || '.', '') as text from pg_indexes where schemaname = $1 order by 1`,
        [schema],
      ),
      constraints: await database.run(
        `select conname as name, replace(pg_get_constraintdef(oid), $1 || '.', '') as text from pg_constraint
          where connamespace = $1::regnamespace order by 1, 2`,
        [schema],
      ),
      migrations: await database.run(
        `select number, name, checksum, breaking from ${schema}.schema_migrations order by 1`,
      ),
    });

    it('makes the same schema as running it, and changes nothing by being printed', async () => {
      const printed = migrate({ ...database.client, schema: 'printed', clock });
      const script = await printed.sql('up');
      expect(await tables('printed')).toEqual([]);
      await runScript(script);
      await migrate({ ...database.client, schema: 'ran', clock }).up();
      expect(await dump('printed')).toEqual(await dump('ran'));
      expect(await printed.sql('up')).toBe('');
    });

    it('goes from where the schema is, and down as well', async () => {
      const migrator = migrate({ ...database.client, clock });
      await migrator.up({ to: 3 });
      const script = await migrator.sql('up', { to: 4 });
      expect(script.match(/^-- .*$/gm)).toEqual(['-- 0004_audit_logs up']);
      await runScript(script);
      await runScript(await migrator.sql('down', { to: 2 }));
      expect((await migrator.status()).applied.map(({ number }) => number)).toEqual([1, 2]);
      expect((await migrator.sql('down')).match(/^-- .*$/gm)).toEqual(['-- 0002_api_keys down']);
    });

    it('never touches a table before the lock and the lock_timeout', async () => {
      const script = await migrate({ ...database.client, clock }).sql('up');
      const transactions = script.split('begin;').slice(1);
      expect(transactions).toHaveLength(1 + all.length + 4);
      for (const text of transactions) {
        expect(text.trim().split('\n').slice(0, 3)).toEqual([
          `set local lock_timeout = '60s';`,
          `select pg_advisory_xact_lock(hashtext('keywright migrations'), hashtext('keywright'));`,
          `set local lock_timeout = '5s';`,
        ]);
        expect(text.trim()).toMatch(/commit;/);
      }
    });
  });
});
