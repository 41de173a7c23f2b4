import type { Tenant, User, UserChange } from '@keywright/core';
import type { Selectable, Updateable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { fromCount, fromUsd, toUsd } from '../database/values.ts';
import { tenantFromRow } from '../tenants/tenant-row.ts';
import type { TenantsTable } from '../tenants/tenants-table.ts';
import { type UsersTable, usersColumns } from './users-table.ts';

export function userFromRow(row: Selectable<UsersTable>): User {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    name: row.name,
    email: row.email,
    isActive: row.is_active,
    liteLlmUserId: row.lite_llm_user_id,
    maxBudget: fromUsd(row.max_budget),
    tpmLimit: fromCount(row.tpm_limit),
    rpmLimit: fromCount(row.rpm_limit),
    syncStatus: row.sync_status,
    syncError: row.sync_error,
    lastSyncAt: row.last_sync_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What is absent in a change is undefined in the row, and stays as it is. */
export function userChangeToRow(change: UserChange, now: Date): Updateable<UsersTable> {
  return checkRow(usersColumns, {
    name: change.name,
    email: change.email,
    is_active: change.isActive,
    max_budget: toUsd(change.maxBudget),
    tpm_limit: change.tpmLimit,
    rpm_limit: change.rpmLimit,
    sync_status: change.syncStatus,
    sync_error: change.syncError,
    updated_at: now,
  });
}

/** Columns of a user (`u`) and their tenant (`t`) for a join, under names that stand beside those of other tables. */
export const ownerSelection = [
  'u.tenant_id as user_tenant_id',
  'u.id as user_user_id',
  'u.name as user_name',
  'u.email as user_email',
  'u.is_active as user_is_active',
  'u.lite_llm_user_id as user_lite_llm_user_id',
  'u.max_budget as user_max_budget',
  'u.tpm_limit as user_tpm_limit',
  'u.rpm_limit as user_rpm_limit',
  'u.sync_status as user_sync_status',
  'u.sync_error as user_sync_error',
  'u.last_sync_at as user_last_sync_at',
  'u.created_at as user_created_at',
  'u.updated_at as user_updated_at',
  't.name as tenant_name',
  't.is_active as tenant_is_active',
  't.lite_llm_team_id as tenant_lite_llm_team_id',
  't.sync_status as tenant_sync_status',
  't.sync_error as tenant_sync_error',
  't.last_sync_at as tenant_last_sync_at',
  't.created_at as tenant_created_at',
  't.updated_at as tenant_updated_at',
] as const;

type Prefixed<T, P extends string> = { [N in keyof T & string as `${P}_${N}`]: T[N] };
type OwnerRow = Prefixed<Omit<Selectable<UsersTable>, 'id'>, 'user'> &
  Prefixed<Omit<Selectable<TenantsTable>, 'id'>, 'tenant'> & { user_user_id: string };

export function ownerFromRow(row: OwnerRow): { user: User; tenant: Tenant } {
  return {
    user: userFromRow({
      tenant_id: row.user_tenant_id,
      id: row.user_user_id,
      name: row.user_name,
      email: row.user_email,
      is_active: row.user_is_active,
      lite_llm_user_id: row.user_lite_llm_user_id,
      max_budget: row.user_max_budget,
      tpm_limit: row.user_tpm_limit,
      rpm_limit: row.user_rpm_limit,
      sync_status: row.user_sync_status,
      sync_error: row.user_sync_error,
      last_sync_at: row.user_last_sync_at,
      created_at: row.user_created_at,
      updated_at: row.user_updated_at,
    }),
    tenant: tenantFromRow({
      id: row.user_tenant_id,
      name: row.tenant_name,
      is_active: row.tenant_is_active,
      lite_llm_team_id: row.tenant_lite_llm_team_id,
      sync_status: row.tenant_sync_status,
      sync_error: row.tenant_sync_error,
      last_sync_at: row.tenant_last_sync_at,
      created_at: row.tenant_created_at,
      updated_at: row.tenant_updated_at,
    }),
  };
}
