import type { Page, PageRequest } from '../page.ts';
import type { AuditAction, AuditEntry, NewAuditEntry } from './audit-entry.ts';

export interface AuditFilter {
  actorId?: string | undefined;
  action?: AuditAction | undefined;
  resourceType?: AuditEntry['resourceType'] | undefined;
  resourceId?: string | undefined;
  /** From this moment on. */
  from?: Date | undefined;
  /** Before this moment. */
  to?: Date | undefined;
}

/** Append only: there is no update and no delete. */
export interface AuditStore {
  append(tenantId: string, entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}
