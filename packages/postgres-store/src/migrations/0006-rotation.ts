import type { Migration } from './migration.ts';

const blockedBy = (schema: string, holders: string) => `alter table ${schema}.api_keys
  drop constraint api_keys_blocked_by_check,
  add constraint api_keys_blocked_by_check check (blocked_by in (${holders}))`;

export const rotation: Migration = {
  number: 6,
  name: '0006_rotation',
  breaking: false,
  up: (schema) => [
    blockedBy(schema, `'owner', 'admin', 'both'`),
    `comment on column ${schema}.api_keys.blocked_by is 'Who holds the key blocked; NULL: nobody.'`,
    `create index api_key_secrets_ending on ${schema}.api_key_secrets (valid_until) where state = 'retiring'`,
    `create index subscriptions_starting on ${schema}.subscriptions (starts_at) where starts_at is not null`,
    `create index subscriptions_ending on ${schema}.subscriptions (expires_at) where expires_at is not null`,
    `alter table ${schema}.tenants
  add column sync_status text check (sync_status in ('pending', 'synced', 'error', 'unmirrored')),
  add column sync_error text,
  add column last_sync_at timestamptz(3),
  add unique (lite_llm_team_id)`,
    `comment on column ${schema}.tenants.sync_status is 'How the team in LiteLLM stands; NULL: the tenant has none.'`,
    `create index tenants_list on ${schema}.tenants (created_at desc, id desc)`,
  ],
  down: (schema) => [
    `drop index ${schema}.tenants_list`,
    `alter table ${schema}.tenants drop constraint tenants_lite_llm_team_id_key, drop column sync_status, drop column sync_error, drop column last_sync_at`,
    `drop index ${schema}.subscriptions_ending`,
    `drop index ${schema}.subscriptions_starting`,
    `drop index ${schema}.api_key_secrets_ending`,
    // an admin's hold is the one that an owner cannot lift
    `update ${schema}.api_keys set blocked_by = 'admin' where blocked_by = 'both'`,
    blockedBy(schema, `'owner', 'admin'`),
  ],
};
