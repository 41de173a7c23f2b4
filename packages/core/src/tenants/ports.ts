import type { SyncStatus } from '../sync/sync-task.ts';
import type { Tenant } from './tenant.ts';

/** A tenant before its first write. */
export type NewTenant = Pick<Tenant, 'name' | 'isActive' | 'liteLlmTeamId' | 'syncStatus'>;

/** What may change. Absent: unchanged; null: cleared. */
export type TenantChange = Partial<Pick<Tenant, 'name' | 'isActive' | 'liteLlmTeamId' | 'syncStatus' | 'syncError'>>;

export interface TenantFilter {
  /** Matches a part of id or name, whatever the case. */
  search?: string | undefined;
  isActive?: boolean | undefined;
}

export interface TenantStore {
  /**
   * Undefined when there is one already; nothing is written then. As `update` does, throws `validation_failed` naming
   * `liteLlmTeamId` when another tenant is mapped to that team.
   */
  insert(tenantId: string, tenant: NewTenant): Promise<Tenant | undefined>;
  /** Undefined when there is none. */
  find(tenantId: string): Promise<Tenant | undefined>;
  /** As `find`, and locks the row until the transaction ends. */
  lock(tenantId: string): Promise<Tenant | undefined>;
  /** Undefined when there is none. */
  update(tenantId: string, change: TenantChange): Promise<Tenant | undefined>;
  /** Notes the result of a synchronisation of the tenant's team. */
  recordSync(tenantId: string, status: SyncStatus, error: string | null): Promise<void>;
}

/** Why a store refuses a team. */
export const teamIsTaken = 'is the team of another tenant: what is done to a team would be done to both';
