import {
  type AuditEntry,
  type AuditFilter,
  type AuditStore,
  type Clock,
  type NewAuditEntry,
  type Page,
  type PageRequest,
  toPage,
} from '@keywright/core';
import { comesAfter } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { toUuid } from '../database/values.ts';
import { auditEntryFromRow, auditEntryToRow } from './audit-row.ts';

export class PostgresAuditStore implements AuditStore {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async append(tenantId: string, entry: NewAuditEntry): Promise<void> {
    const row = auditEntryToRow(tenantId, entry, new Date(this.#clock.now()));
    await this.#db.insertInto('audit_logs').values(row).execute();
  }

  async list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    let query = this.#db.selectFrom('audit_logs').selectAll().where('tenant_id', '=', tenantId);
    const { actorId, action, resourceType, resourceId, from, to } = filter;
    const { after } = page;
    if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
    if (action !== undefined) query = query.where('action', '=', action);
    if (resourceType !== undefined) query = query.where('resource_type', '=', resourceType);
    if (resourceId !== undefined) query = query.where('resource_id', '=', resourceId);
    if (from) query = query.where('created_at', '>=', from);
    if (to) query = query.where('created_at', '<', to);
    if (after) {
      const position = { ...after, id: toUuid(after.id) };
      query = query.where(({ ref }) => comesAfter({ createdAt: ref('created_at'), id: ref('id') }, position));
    }
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute();
    return toPage(rows.map(auditEntryFromRow), page.limit, ({ createdAt, id }) => ({ createdAt, id }));
  }
}
