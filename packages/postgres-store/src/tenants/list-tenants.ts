import { type Page, type PageRequest, type Tenant, type TenantFilter, toPage } from '@keywright/core';
import { comesAfter, contains } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { tenantFromRow } from './tenant-row.ts';

/** Newest first. */
export async function listTenants(db: Db, filter: TenantFilter, page: PageRequest): Promise<Page<Tenant>> {
  let query = db.selectFrom('tenants').selectAll();
  const { search, isActive } = filter;
  const { after } = page;
  if (isActive !== undefined) query = query.where('is_active', '=', isActive);
  if (search !== undefined) {
    query = query.where(({ ref, or }) => or([contains(ref('id'), search), contains(ref('name'), search)]));
  }
  if (after) query = query.where(({ ref }) => comesAfter({ createdAt: ref('created_at'), id: ref('id') }, after));
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows.map(tenantFromRow), page.limit, ({ createdAt, id }) => ({ createdAt, id }));
}
