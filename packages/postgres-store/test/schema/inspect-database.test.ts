import { FixedClock } from '@keywright/core/testing';
import { inspectDatabase, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMigrator } from '../../src/migrations/migrate.ts';
import { judgeServer } from '../../src/schema/inspect-database.ts';
import { nextRelease, notes } from '../migrations/releases.ts';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';
import { createDatabase, describePostgres } from '../support/real-postgres.ts';

describeDrivers('a look at the database', (open) => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await database.run('drop schema if exists keywright cascade');
    await migrate(database.client).up();
  });
  afterAll(() => database.close());

  const inspect = () => inspectDatabase(database.client);

  it('finds nothing in one that was just migrated', async () => {
    const { serverVersion, clockSkewMs, findings } = await inspect();
    expect(findings).toEqual([]);
    expect(serverVersion).toMatch(/^\d+\.\d+/);
    expect(Math.abs(clockSkewMs)).toBeLessThan(1000);
  });

  it.each([
    ['missing-index', 'api_keys_list', 'drop index keywright.api_keys_list'],
    ['missing-index', 'usage_events_of_key', 'drop index keywright.usage_events_of_key'],
    ['other-index', 'users_list', 'drop index keywright.users_list; create index users_list on keywright.users (name)'],
    ['missing-column', 'tags', 'alter table keywright.api_keys drop column tags'],
    ['other-type', 'name', 'alter table keywright.tenants alter column name type varchar(10)'],
    ['other-nullability', 'name', 'alter table keywright.api_keys alter column name drop not null'],
    ['other-default', 'is_active', 'alter table keywright.users alter column is_active set default false'],
    [
      'missing-constraint',
      'users_max_budget_check',
      'alter table keywright.users drop constraint users_max_budget_check',
    ],
    [
      'missing-constraint',
      'api_keys_tenant_id_user_id_fkey',
      'alter table keywright.api_keys drop constraint api_keys_tenant_id_user_id_fkey',
    ],
    [
      'unvalidated-constraint',
      'users_tenant_id_fkey',
      `alter table keywright.users drop constraint users_tenant_id_fkey;
        alter table keywright.users add constraint users_tenant_id_fkey
          foreign key (tenant_id) references keywright.tenants (id) not valid`,
    ],
    ['missing-trigger', 'audit_logs_append_only', 'drop trigger audit_logs_append_only on keywright.audit_logs'],
    [
      'disabled-trigger',
      'audit_logs_no_truncate',
      'alter table keywright.audit_logs disable trigger audit_logs_no_truncate',
    ],
    ['missing-table', null, 'drop table keywright.reconcile_runs'],
  ])('names exactly one %s (%s), and its remedy mends it', async (kind, name, damage) => {
    await runAll(damage);
    const { findings } = await inspect();
    expect(findings).toMatchObject([{ kind, name, level: 'problem' }]);
    const [{ remedy } = { remedy: '' }] = findings;
    if (kind === 'missing-table') return; // what was in it is gone
    await runAll(remedy);
    expect((await inspect()).findings).toEqual([]);
  });

  it('notes what nobody expects, and calls it no problem', async () => {
    await runAll(`create index my_own on keywright.users (email);
      alter table keywright.users add column mine text;
      create table keywright.mine (id integer)`);
    const { findings } = await inspect();
    expect(findings.map(({ kind, level }) => [kind, level])).toEqual([
      ['unexpected-column', 'note'],
      ['unexpected-index', 'note'],
      ['unexpected-table', 'note'],
    ]);
  });

  it('names the migrations that are pending, and nothing that they would make', async () => {
    await migrate(database.client).down();
    const pending = (await migrate(database.client).status()).pending.join();
    expect((await inspect()).findings).toMatchObject([
      { kind: 'pending-migrations', expected: pending, remedy: expect.stringContaining('keywright migrate up') },
    ]);
    await migrate(database.client).up();
    const { findings } = await inspectDatabase({ ...database.client, schema: 'nowhere' });
    expect(findings.map(({ kind }) => kind)).toEqual(['pending-migrations']);
  });

  it('notes a newer release that changed what this one can live with, and refuses one that did otherwise', async () => {
    await createMigrator(database.client, nextRelease()).up();
    expect((await inspect()).findings).toMatchObject([
      { kind: 'newer-schema', level: 'note', found: notes },
      { kind: 'unexpected-table', level: 'note', table: 'notes' },
    ]);
    await runAll(`update keywright.schema_migrations set breaking = true where name = '${notes}'`);
    expect((await inspect()).findings).toMatchObject([{ kind: 'refused-schema', level: 'problem' }]);
  });

  it.each([
    [-3_600_000, 'ahead'],
    [3_600_000, 'behind'],
  ])('names a clock that differs: this machine’s is %i ms off, so the server’s is %s', async (offMs, direction) => {
    const clock = new FixedClock(new Date(Date.now() + offMs));
    const { clockSkewMs, findings } = await inspectDatabase({ ...database.client, clock });
    expect(Math.abs(clockSkewMs + offMs)).toBeLessThan(60_000);
    expect(findings).toMatchObject([{ kind: 'clock-skew', found: expect.stringContaining(direction) }]);
  });

  it('writes the schema’s own name into a remedy', async () => {
    const schema = 'elsewhere';
    await migrate({ ...database.client, schema }).up();
    await runAll(`drop trigger audit_logs_append_only on elsewhere.audit_logs; drop index elsewhere.users_list;
      alter table elsewhere.users drop constraint users_tenant_id_fkey`);
    const { findings } = await inspectDatabase({ ...database.client, schema });
    expect(findings).toHaveLength(3);
    for (const { remedy } of findings) await runAll(remedy);
    expect((await inspectDatabase({ ...database.client, schema })).findings).toEqual([]);
  });

  /** One by one: what is to be done "concurrently" stands alone. */
  async function runAll(statements: string): Promise<void> {
    for (const statement of statements.split(/;\s*/)) if (statement) await database.run(statement);
  }
});

describePostgres('a look at a real server', () => {
  it('names an index that was not built to its end, and its remedy mends it', async () => {
    const database = await createDatabase();
    const pool = database.pool();
    await migrate({ pool }).up();
    await database.run('drop index keywright.subscriptions_one_default');
    await database.run(`insert into keywright.tenants (id) values ('t')`);
    await database.run(`insert into keywright.users (tenant_id, id) values ('t', 'u')`);
    await database.run(`insert into keywright.subscriptions (tenant_id, id, user_id, status, models, is_default)
      select 't', gen_random_uuid(), 'u', 'active', '{m}', true from generate_series(1, 2)`);
    const build = `create unique index concurrently subscriptions_one_default
      on keywright.subscriptions (tenant_id, user_id) where is_default`;
    await expect(database.run(build)).rejects.toMatchObject({ code: '23505' });
    const { findings } = await inspectDatabase({ pool });
    expect(findings).toMatchObject([{ kind: 'invalid-index', name: 'subscriptions_one_default', level: 'problem' }]);
    await database.run('update keywright.subscriptions set is_default = false');
    await database.run(findings[0]?.remedy ?? '');
    expect((await inspectDatabase({ pool })).findings).toEqual([]);
    await database.drop();
  });
});

it.each([
  ['14.19', 140_019, ['old-server']],
  ['15.0', 150_000, []],
  ['18.1', 180_001, []],
])('PostgreSQL %s (%i) gives: %j', (version, number, kinds) => {
  const findings = judgeServer({ version, number });
  expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  for (const finding of findings) expect(finding).toMatchObject({ level: 'problem', found: version });
});
