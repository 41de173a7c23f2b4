import { auditLogsColumns } from '../audit/audit-logs-table.ts';
import type { TableDescription } from '../database/columns.ts';
import { idempotencyKeysColumns } from '../idempotency/idempotency-keys-table.ts';
import { apiKeySecretsColumns } from '../keys/api-key-secrets-table.ts';
import { apiKeysColumns } from '../keys/api-keys-table.ts';
import { schemaMigrationsColumns } from '../migrations/schema-migrations-table.ts';
import { subscriptionsColumns } from '../subscriptions/subscriptions-table.ts';
import { reconcileRunsColumns } from '../sync/reconcile-runs-table.ts';
import { syncTasksColumns } from '../sync/sync-tasks-table.ts';
import { tenantsColumns } from '../tenants/tenants-table.ts';
import { usageEventsColumns } from '../usage/usage-events-table.ts';
import { usersColumns } from '../users/users-table.ts';
import { type ExpectedParts, expectedParts } from './expected-parts.ts';

/** A table as this release works with it. */
export interface ExpectedTable extends ExpectedParts {
  /** By name. */
  readonly columns: TableDescription;
}

/** By the table's name. */
export type ExpectedSchema = Readonly<Record<string, ExpectedTable>>;

/** Every table that this release works with. The statements' types are made from the same descriptions of columns. */
export const expectedSchema = {
  tenants: { columns: tenantsColumns, ...expectedParts.tenants },
  users: { columns: usersColumns, ...expectedParts.users },
  subscriptions: { columns: subscriptionsColumns, ...expectedParts.subscriptions },
  api_keys: { columns: apiKeysColumns, ...expectedParts.api_keys },
  api_key_secrets: { columns: apiKeySecretsColumns, ...expectedParts.api_key_secrets },
  sync_tasks: { columns: syncTasksColumns, ...expectedParts.sync_tasks },
  audit_logs: { columns: auditLogsColumns, ...expectedParts.audit_logs },
  usage_events: { columns: usageEventsColumns, ...expectedParts.usage_events },
  idempotency_keys: { columns: idempotencyKeysColumns, ...expectedParts.idempotency_keys },
  reconcile_runs: { columns: reconcileRunsColumns, ...expectedParts.reconcile_runs },
  schema_migrations: { columns: schemaMigrationsColumns, ...expectedParts.schema_migrations },
} as const satisfies ExpectedSchema;
