import type { Migration } from './migration.ts';

export const syncTasks: Migration = {
  number: 3,
  name: '0003_sync_tasks',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.sync_tasks (
  tenant_id text collate "C" not null,
  entity text collate "C" not null check (entity in ('key', 'user', 'team')),
  entity_id text collate "C" not null,
  due_at timestamptz(3) not null,
  attempts integer not null default 0 check (attempts >= 0),
  lease_until timestamptz(3),
  lease_token text,
  last_error text,
  unsettled_until timestamptz(3),
  dead_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, entity, entity_id),
  check ((lease_until is null) = (lease_token is null))
)`,
    `comment on table ${schema}.sync_tasks is 'What still differs between this database and LiteLLM.'`,
    `create index sync_tasks_due on ${schema}.sync_tasks (due_at) where dead_at is null`,
  ],
  down: (schema) => [`drop table ${schema}.sync_tasks`],
};
