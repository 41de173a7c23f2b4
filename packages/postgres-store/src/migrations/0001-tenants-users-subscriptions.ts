import type { Migration } from './migration.ts';

export const tenantsUsersSubscriptions: Migration = {
  number: 1,
  name: '0001_tenants_users_subscriptions',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.tenants (
  id text collate "C" primary key,
  name text,
  is_active boolean not null default true,
  lite_llm_team_id text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
)`,
    `comment on table ${schema}.tenants is 'Organisations. Every row of the other tables belongs to one.'`,
    `create table ${schema}.users (
  tenant_id text collate "C" not null references ${schema}.tenants (id),
  id text collate "C" not null,
  name text,
  email text,
  is_active boolean not null default true,
  lite_llm_user_id text unique,
  max_budget numeric(20,9) check (max_budget >= 0),
  tpm_limit bigint check (tpm_limit >= 0),
  rpm_limit bigint check (rpm_limit >= 0),
  sync_status text not null default 'pending' check (sync_status in ('pending', 'synced', 'error', 'unmirrored')),
  sync_error text,
  last_sync_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id)
)`,
    `comment on table ${schema}.users is 'Owners of keys. Ids are those of the host application.'`,
    `create index users_list on ${schema}.users (tenant_id, created_at desc, id desc)`,
    `create table ${schema}.subscriptions (
  tenant_id text collate "C" not null,
  id uuid primary key,
  user_id text collate "C" not null,
  name text,
  status text not null check (status in
    ('active', 'suspended', 'cancelled', 'expired', 'inactive', 'pending', 'denied')),
  is_default boolean not null default false,
  models text[] not null check (cardinality(models) > 0),
  max_budget numeric(20,9) check (max_budget >= 0),
  budget_duration text,
  tpm_limit bigint check (tpm_limit >= 0),
  rpm_limit bigint check (rpm_limit >= 0),
  quota_limit bigint check (quota_limit >= 0),
  starts_at timestamptz(3),
  expires_at timestamptz(3),
  status_reason text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, user_id) references ${schema}.users (tenant_id, id)
)`,
    `comment on table ${schema}.subscriptions is 'What a user may use: models, limits, validity. Money is in USD.'`,
    `create index subscriptions_list on ${schema}.subscriptions (tenant_id, created_at desc, id desc)`,
    `create index subscriptions_of_user on ${schema}.subscriptions (tenant_id, user_id, created_at desc, id desc)`,
    `create unique index subscriptions_one_default on ${schema}.subscriptions (tenant_id, user_id) where is_default`,
  ],
  down: (schema) => [
    `drop table ${schema}.subscriptions`,
    `drop table ${schema}.users`,
    `drop table ${schema}.tenants`,
  ],
};
