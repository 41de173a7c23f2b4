import type { Tenant, TenantChange } from '@keywright/core';
import type { Selectable, Updateable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { type TenantsTable, tenantsColumns } from './tenants-table.ts';

export function tenantFromRow(row: Selectable<TenantsTable>): Tenant {
  return {
    id: row.id,
    name: row.name,
    isActive: row.is_active,
    liteLlmTeamId: row.lite_llm_team_id,
    syncStatus: row.sync_status,
    syncError: row.sync_error,
    lastSyncAt: row.last_sync_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What is absent in a change is undefined in the row, and stays as it is. */
export function tenantChangeToRow(change: TenantChange, now: Date): Updateable<TenantsTable> {
  return checkRow(tenantsColumns, {
    name: change.name,
    is_active: change.isActive,
    lite_llm_team_id: change.liteLlmTeamId,
    sync_status: change.syncStatus,
    sync_error: change.syncError,
    updated_at: now,
  });
}
