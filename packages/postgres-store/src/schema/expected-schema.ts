import { auditLogsColumns } from '../audit/audit-logs-table.ts';
import type { TableDescription } from '../database/columns.ts';
import { apiKeySecretsColumns } from '../keys/api-key-secrets-table.ts';
import { apiKeysColumns } from '../keys/api-keys-table.ts';
import { schemaMigrationsColumns } from '../migrations/schema-migrations-table.ts';
import { subscriptionsColumns } from '../subscriptions/subscriptions-table.ts';
import { syncTasksColumns } from '../sync/sync-tasks-table.ts';
import { tenantsColumns } from '../tenants/tenants-table.ts';
import { usageEventsColumns } from '../usage/usage-events-table.ts';
import { usersColumns } from '../users/users-table.ts';

/** Every table and column that this release works with. The statements' types are made from the same descriptions. */
export const expectedSchema = {
  tenants: tenantsColumns,
  users: usersColumns,
  subscriptions: subscriptionsColumns,
  api_keys: apiKeysColumns,
  api_key_secrets: apiKeySecretsColumns,
  sync_tasks: syncTasksColumns,
  audit_logs: auditLogsColumns,
  usage_events: usageEventsColumns,
  schema_migrations: schemaMigrationsColumns,
} as const satisfies Record<string, TableDescription>;
