import type { Migration } from './migration.ts';

export const auditLogs: Migration = {
  number: 4,
  name: '0004_audit_logs',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.audit_logs (
  tenant_id text collate "C" not null,
  id uuid primary key,
  actor_id text collate "C" not null,
  actor_roles text[] not null,
  action text not null,
  resource_type text not null,
  resource_id text collate "C" not null,
  before jsonb,
  after jsonb,
  metadata jsonb,
  request_id text,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) not null default now()
)`,
    `comment on table ${schema}.audit_logs is 'Who did what. Append only, and without foreign keys: it outlives what it describes.'`,
    `create index audit_logs_list on ${schema}.audit_logs (tenant_id, created_at desc, id desc)`,
    `create index audit_logs_of_resource on ${schema}.audit_logs (tenant_id, resource_id, created_at desc, id desc)`,
  ],
  down: (schema) => [`drop table ${schema}.audit_logs`],
};
