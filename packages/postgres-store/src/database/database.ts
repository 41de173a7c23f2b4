import { Kysely } from 'kysely';
import type { AuditLogsTable } from '../audit/audit-logs-table.ts';
import type { IdempotencyKeysTable } from '../idempotency/idempotency-keys-table.ts';
import type { ApiKeySecretsTable } from '../keys/api-key-secrets-table.ts';
import type { ApiKeysTable } from '../keys/api-keys-table.ts';
import type { SchemaMigrationsTable } from '../migrations/schema-migrations-table.ts';
import type { SubscriptionsTable } from '../subscriptions/subscriptions-table.ts';
import type { ReconcileRunsTable } from '../sync/reconcile-runs-table.ts';
import type { SyncTasksTable } from '../sync/sync-tasks-table.ts';
import type { TenantsTable } from '../tenants/tenants-table.ts';
import type { UsageEventsTable } from '../usage/usage-events-table.ts';
import type { UsersTable } from '../users/users-table.ts';
import type { DatabaseClient } from './client.ts';
import { dialectFor } from './dialect.ts';
import { checkSchemaName } from './schema-name.ts';

/** Every table, by its name in the schema. */
export interface Database {
  tenants: TenantsTable;
  users: UsersTable;
  subscriptions: SubscriptionsTable;
  api_keys: ApiKeysTable;
  api_key_secrets: ApiKeySecretsTable;
  sync_tasks: SyncTasksTable;
  audit_logs: AuditLogsTable;
  usage_events: UsageEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  reconcile_runs: ReconcileRunsTable;
  schema_migrations: SchemaMigrationsTable;
}

/** Runs statements in one schema: on the client, or within a transaction on it. */
export type Db = Kysely<Database>;

export function openDatabase(client: DatabaseClient, schema: string): Db {
  return new Kysely<Database>({ dialect: dialectFor(client) }).withSchema(checkSchemaName(schema));
}
