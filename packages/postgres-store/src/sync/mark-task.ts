import type { Lease, SyncTaskKey } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { databaseNow, inMs } from './database-time.ts';
import { syncTasksColumns } from './sync-tasks-table.ts';

/**
 * Due now, and always before the end of the lease, which is how `finish` sees it: also when a lease ends in this very
 * millisecond, or has ended and nobody claimed the task since.
 */
export const dueNow = sql<Date>`least(${databaseNow}, sync_tasks.lease_until - interval '1 millisecond')`;

export async function markTask(db: Db, task: SyncTaskKey, lease: Lease | undefined): Promise<boolean> {
  const { tenantId, entity, entityId } = task;
  const leaseUntil = lease ? inMs(lease.ms) : null;
  const token = lease?.token ?? null;
  const key = checkRow(syncTasksColumns, { tenant_id: tenantId, entity, entity_id: entityId, lease_token: token });
  /** The caller takes the task: it wants it, and nobody else holds it. */
  const takes = sql<boolean>`excluded.lease_token is not null
    and (sync_tasks.lease_until is null or sync_tasks.lease_until <= ${databaseNow} or sync_tasks.lease_token = excluded.lease_token)`;
  const row = await db
    .insertInto('sync_tasks')
    .values({
      ...key,
      due_at: leaseUntil ?? databaseNow,
      lease_until: leaseUntil,
      created_at: databaseNow,
      updated_at: databaseNow,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'entity', 'entity_id']).doUpdateSet({
        due_at: sql`case when ${takes} then excluded.due_at else ${dueNow} end`,
        lease_until: sql`case when ${takes} then excluded.lease_until else sync_tasks.lease_until end`,
        lease_token: sql`case when ${takes} then excluded.lease_token else sync_tasks.lease_token end`,
        attempts: 0,
        dead_at: null,
        updated_at: databaseNow,
      }),
    )
    .returning('lease_token')
    .executeTakeFirst();
  return token !== null && row?.lease_token === token;
}
