import { tenantsUsersSubscriptions } from './0001-tenants-users-subscriptions.ts';
import { apiKeysMigration } from './0002-api-keys.ts';
import { syncTasks } from './0003-sync-tasks.ts';
import { auditLogs } from './0004-audit-logs.ts';
import { usageEvents } from './0005-usage-events.ts';
import { rotation } from './0006-rotation.ts';
import { auditAppendOnly } from './0007-audit-append-only.ts';
import { idempotencyKeys } from './0008-idempotency-keys.ts';
import { reconcileRuns } from './0009-reconcile-runs.ts';
import { listIndexes } from './0010-list-indexes.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, oldest first. New ones go to the end; released ones never change. */
export const migrations: readonly Migration[] = [
  tenantsUsersSubscriptions,
  apiKeysMigration,
  syncTasks,
  auditLogs,
  usageEvents,
  rotation,
  auditAppendOnly,
  idempotencyKeys,
  reconcileRuns,
  listIndexes,
];
