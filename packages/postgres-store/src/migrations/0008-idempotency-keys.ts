import type { Migration } from './migration.ts';

export const idempotencyKeys: Migration = {
  number: 8,
  name: '0008_idempotency_keys',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.idempotency_keys (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  route text collate "C" not null,
  key text collate "C" not null,
  request_hash text not null,
  state text not null check (state in ('running', 'finished')),
  status integer,
  answer jsonb,
  lease_until timestamptz(3),
  lease_token text,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id, route, key),
  constraint idempotency_keys_lease_check check
    ((state = 'running') = (lease_until is not null) and (state = 'running') = (lease_token is not null)),
  constraint idempotency_keys_answer_check check
    ((state = 'finished') = (status is not null) and (state = 'finished') = (answer is not null))
)`,
    `comment on table ${schema}.idempotency_keys is 'Calls that carried an Idempotency-Key, for as long as a repetition may come.'`,
    `comment on column ${schema}.idempotency_keys.answer is 'The body of the answer, without the secret.'`,
    `create index idempotency_keys_expired on ${schema}.idempotency_keys (expires_at)`,
  ],
  down: (schema) => [`drop table ${schema}.idempotency_keys`],
};
