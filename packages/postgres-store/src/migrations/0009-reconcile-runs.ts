import type { Migration } from './migration.ts';

export const reconcileRuns: Migration = {
  number: 9,
  name: '0009_reconcile_runs',
  breaking: false,
  up: (schema) => [
    `create table ${schema}.reconcile_runs (
  id uuid primary key,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3) not null,
  repair boolean not null,
  outcome text not null check (outcome in ('equal', 'different', 'failed')),
  compared bigint not null,
  missing bigint not null,
  orphan bigint not null,
  drifted bigint not null,
  spend bigint not null,
  skipped bigint not null,
  repaired bigint not null,
  error text
)`,
    `comment on table ${schema}.reconcile_runs is 'Comparisons of everything with LiteLLM. Of no tenant: each one walks the keys of all of them.'`,
    `create index reconcile_runs_last on ${schema}.reconcile_runs (finished_at desc, id desc)`,
  ],
  down: (schema) => [`drop table ${schema}.reconcile_runs`],
};
