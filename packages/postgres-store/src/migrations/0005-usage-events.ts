import type { Migration } from './migration.ts';

export const usageEvents: Migration = {
  number: 5,
  name: '0005_usage_events',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.usage_events (
  tenant_id text collate "C" not null,
  reserved_at timestamptz(3) not null,
  reservation_id uuid not null,
  seq integer not null check (seq >= 0),
  user_id text collate "C" not null,
  subscription_id text collate "C" not null,
  key_id text collate "C" not null,
  model text collate "C" not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cost_nano bigint,
  price_version text,
  source text not null check (source in ('response', 'estimated')),
  outcome text not null check (outcome in ('completed', 'aborted', 'broken', 'refused')),
  upstream_call_id text,
  created_at timestamptz(3) not null default now(),
  primary key (reserved_at, reservation_id, seq),
  constraint usage_events_input_tokens_check check (seq > 0 or input_tokens >= 0),
  constraint usage_events_output_tokens_check check (seq > 0 or output_tokens >= 0),
  constraint usage_events_cost_nano_check check (seq > 0 or cost_nano >= 0)
) partition by range (reserved_at)`,
    `comment on table ${schema}.usage_events is 'The ledger: settled calls, append only, a partition for each month. Only corrections (seq above 0) may be negative.'`,
    `comment on column ${schema}.usage_events.reserved_at is 'The time in reservation_id.'`,
    `comment on column ${schema}.usage_events.cost_nano is 'Nano-USD; NULL: no price is known.'`,
    `create table ${schema}.usage_events_default partition of ${schema}.usage_events default`,
    `create index usage_events_of_tenant on ${schema}.usage_events (tenant_id, reserved_at)`,
    `create index usage_events_of_user on ${schema}.usage_events (tenant_id, user_id, reserved_at)`,
    `create index usage_events_of_key on ${schema}.usage_events (tenant_id, key_id, reserved_at)`,
  ],
  down: (schema) => [`drop table ${schema}.usage_events`],
};
