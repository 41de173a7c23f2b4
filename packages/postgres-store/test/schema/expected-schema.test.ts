import {
  blockHolders,
  lifecycles,
  subscriptionStatuses,
  syncEntities,
  syncStatuses,
  usageOutcomes,
  usageSources,
} from '@keywright/core';
import { compareSchema, expectedSchema, migrate, readLiveSchema } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

describeDrivers('the migrated schema', (open) => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
  });
  afterAll(() => database.close());

  it('is, to the last column, index, constraint and trigger, the one that is expected', async () => {
    const live = await readLiveSchema(database.client);
    expect(compareSchema(expectedSchema, live)).toEqual([]);
    expect(Object.keys(live)).toHaveLength(11);
  });

  it('begins every table with the tenant, but for the lists of tenants, migrations and comparisons', async () => {
    const live = await readLiveSchema(database.client);
    const { tenants, schema_migrations, reconcile_runs, ...rest } = live;
    for (const { columns } of Object.values(rest)) expect(Object.keys(columns)[0]).toBe('tenant_id');
    expect(Object.keys(tenants?.columns ?? {})[0]).toBe('id');
    expect(schema_migrations).toBeDefined();
    expect(reconcile_runs).toBeDefined();
  });

  it('lets in exactly the words that core knows', async () => {
    const checks = await database.run<{ name: string; text: string }>(
      `select conname as name, pg_get_constraintdef(oid) as text from pg_constraint
        where connamespace = 'keywright'::regnamespace and contype = 'c' and conparentid = 0`,
    );
    const wordsOf = (name: string) =>
      [...(checks.find((check) => check.name === name)?.text ?? '').matchAll(/'([^']+)'/g)]
        .map(([, word]) => word)
        .sort();
    expect(wordsOf('subscriptions_status_check')).toEqual([...subscriptionStatuses].sort());
    expect(wordsOf('api_keys_lifecycle_check')).toEqual([...lifecycles].sort());
    expect(wordsOf('api_keys_sync_status_check')).toEqual([...syncStatuses].sort());
    expect(wordsOf('api_keys_blocked_by_check')).toEqual([...blockHolders].sort());
    expect(wordsOf('tenants_sync_status_check')).toEqual([...syncStatuses].sort());
    expect(wordsOf('users_sync_status_check')).toEqual([...syncStatuses].sort());
    expect(wordsOf('sync_tasks_entity_check')).toEqual([...syncEntities].sort());
    expect(wordsOf('usage_events_source_check')).toEqual([...usageSources].sort());
    expect(wordsOf('usage_events_outcome_check')).toEqual([...usageOutcomes].sort());
  });

  it.each([
    ['insert into keywright.users (tenant_id, id) values (null, $1)', '23502'],
    ['insert into keywright.users (tenant_id, id) values ($1, $1)', '23503'],
    [
      `insert into keywright.subscriptions (tenant_id, id, user_id, status, models) values ($1, gen_random_uuid(), 'u', 'odd', '{m}')`,
      '23514',
    ],
    [
      `insert into keywright.subscriptions (tenant_id, id, user_id, status, models) values ($1, gen_random_uuid(), 'u', 'active', '{}')`,
      '23514',
    ],
    [
      `insert into keywright.subscriptions (tenant_id, id, user_id, status, models, rpm_limit) values ($1, gen_random_uuid(), 'u', 'active', '{m}', -1)`,
      '23514',
    ],
    [
      `insert into keywright.sync_tasks (tenant_id, entity, entity_id, due_at, lease_token) values ($1, 'key', 'k', now(), 't')`,
      '23514',
    ],
  ])('refuses: %s', async (statement, code) => {
    await expect(database.run(statement, ['nobody'])).rejects.toMatchObject({ code });
  });
});
