import {
  invalidField,
  type NewTenant,
  type Page,
  type PageRequest,
  type SyncStatus,
  type Tenant,
  type TenantChange,
  type TenantFilter,
  type TenantStore,
  teamIsTaken,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { holds, pageOf } from './memory-page.ts';
import type { MemoryState } from './memory-state.ts';

export class MemoryTenantStore implements TenantStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  insert(tenantId: string, tenant: NewTenant): Promise<Tenant | undefined> {
    return this.#access.run((state) => {
      if (state.tenants.get(tenantId)) return undefined;
      assertTeamIsFree(state, tenantId, tenant);
      return insertTenant(state, tenantId, tenant, this.#now());
    });
  }

  find(tenantId: string): Promise<Tenant | undefined> {
    return this.#access.run((state) => state.tenants.get(tenantId));
  }

  lock(tenantId: string): Promise<Tenant | undefined> {
    return this.find(tenantId);
  }

  update(tenantId: string, change: TenantChange): Promise<Tenant | undefined> {
    return this.#access.run((state) => {
      assertTeamIsFree(state, tenantId, change);
      const tenant = state.tenants.get(tenantId);
      const changed = tenant && { ...tenant, ...change, updatedAt: this.#now() };
      if (changed) state.tenants.set(tenantId, changed);
      return changed;
    });
  }

  recordSync(tenantId: string, status: SyncStatus, error: string | null): Promise<void> {
    return this.#access.run((state) => {
      const tenant = state.tenants.get(tenantId);
      if (!tenant || tenant.liteLlmTeamId === null) return;
      const lastSyncAt = status === 'synced' ? this.#now() : tenant.lastSyncAt;
      state.tenants.set(tenantId, { ...tenant, syncStatus: status, syncError: error, lastSyncAt });
    });
  }

  #now(): Date {
    return new Date(this.#access.clock.now());
  }
}

function assertTeamIsFree(state: MemoryState, tenantId: string, { liteLlmTeamId }: TenantChange): void {
  if (liteLlmTeamId == null) return;
  const holder = state.tenants.all().find((tenant) => tenant.liteLlmTeamId === liteLlmTeamId);
  if (holder && holder.id !== tenantId) throw invalidField('liteLlmTeamId', teamIsTaken);
}

export function insertTenant(state: MemoryState, id: string, tenant: NewTenant, now: Date): Tenant {
  const row = { ...tenant, id, syncError: null, lastSyncAt: null, createdAt: now, updatedAt: now };
  state.tenants.set(id, row);
  return row;
}

export function listTenants(state: MemoryState, filter: TenantFilter, page: PageRequest): Page<Tenant> {
  const { search, isActive } = filter;
  const rows = state.tenants
    .all()
    .filter((tenant) => isActive === undefined || tenant.isActive === isActive)
    .filter((tenant) => search === undefined || [tenant.id, tenant.name].some((text) => holds(text, search)));
  return pageOf(rows, page, (tenant) => tenant);
}
