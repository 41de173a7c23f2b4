import type { AuditEntry, AuditFilter, AuditStore, NewAuditEntry, Page, PageRequest } from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { pageOf } from './memory-page.ts';

export class MemoryAuditStore implements AuditStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  append(tenantId: string, entry: NewAuditEntry): Promise<void> {
    return this.#access.run((state) => {
      if (state.audit.get(entry.id)) throw new Error('There is an audit entry of this id already.');
      state.audit.set(entry.id, { ...entry, tenantId, createdAt: new Date(this.#access.clock.now()) });
    });
  }

  list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    return this.#access.run((state) => {
      const rows = state.audit.all().filter((entry) => entry.tenantId === tenantId && fits(entry, filter));
      return pageOf(rows, page, (entry) => entry);
    });
  }
}

function fits(entry: Readonly<AuditEntry>, filter: AuditFilter): boolean {
  const fields = ['actorId', 'action', 'resourceType', 'resourceId'] as const;
  if (fields.some((field) => filter[field] !== undefined && entry[field] !== filter[field])) return false;
  if (filter.from && entry.createdAt < filter.from) return false;
  return !filter.to || entry.createdAt < filter.to;
}
