import type { ClaimedSyncTask, SyncTask } from '@keywright/core';
import type { Selectable } from 'kysely';
import type { SyncTasksTable } from './sync-tasks-table.ts';

export function syncTaskFromRow(row: Selectable<SyncTasksTable>): SyncTask {
  return {
    tenantId: row.tenant_id,
    entity: row.entity,
    entityId: row.entity_id,
    dueAt: row.due_at,
    attempts: row.attempts,
    leaseUntil: row.lease_until,
    lastError: row.last_error,
    deadAt: row.dead_at,
    createdAt: row.created_at,
  };
}

/** A task that was just claimed has a token. */
export function claimedTaskFromRow(row: Selectable<SyncTasksTable>): ClaimedSyncTask {
  return { ...syncTaskFromRow(row), leaseToken: row.lease_token ?? '' };
}
