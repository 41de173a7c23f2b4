import type { SyncSummary } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { fromCount } from '../database/values.ts';
import { databaseNow } from './database-time.ts';

/** Of one tenant, or of all when none is given. */
export async function readSummary(db: Db, tenantId?: string): Promise<SyncSummary> {
  let query = db.selectFrom('sync_tasks').select(({ fn }) => [
    fn.countAll<string>().filterWhere('dead_at', 'is', null).as('pending'),
    fn.countAll<string>().filterWhere('dead_at', 'is not', null).as('dead'),
    sql<number | null>`cast(floor(extract(epoch from
      ${databaseNow} - min(created_at) filter (where dead_at is null))) as integer)`.as('oldest_seconds'),
    sql<string | null>`(array_agg(last_error order by updated_at desc) filter (where last_error is not null))[1]`.as(
      'last_error',
    ),
  ]);
  if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
  const row = await query.executeTakeFirst();
  if (!row) return { pending: 0, dead: 0, oldestSeconds: null, lastError: null };
  const oldestSeconds = row.oldest_seconds === null ? null : Math.max(0, row.oldest_seconds);
  return { pending: fromCount(row.pending), dead: fromCount(row.dead), oldestSeconds, lastError: row.last_error };
}
