import type { ClaimedSyncTask, SyncQueue, SyncSummary } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { databaseNow, inMs } from './database-time.ts';
import { readSummary } from './summary-statement.ts';
import { claimedTaskFromRow } from './sync-task-row.ts';

export class PostgresSyncQueue implements SyncQueue {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** One statement. What another node is claiming at the same time is passed over, not waited for. */
  async claim(limit: number, leaseMs: number): Promise<ClaimedSyncTask[]> {
    const leaseUntil = inMs(leaseMs);
    const rows = await this.#db
      .with('due', (cte) =>
        cte
          .selectFrom('sync_tasks')
          .select(['tenant_id', 'entity', 'entity_id'])
          .where('dead_at', 'is', null)
          .where('due_at', '<=', databaseNow)
          .where(({ or, eb }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', databaseNow)]))
          .orderBy('due_at')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('sync_tasks as t')
      .from('due')
      .set({
        due_at: leaseUntil,
        lease_until: leaseUntil,
        lease_token: sql<string>`cast(gen_random_uuid() as text)`,
        updated_at: databaseNow,
      })
      .whereRef('t.tenant_id', '=', 'due.tenant_id')
      .whereRef('t.entity', '=', 'due.entity')
      .whereRef('t.entity_id', '=', 'due.entity_id')
      .returningAll('t')
      .execute();
    return rows.map(claimedTaskFromRow);
  }

  summary(): Promise<SyncSummary> {
    return readSummary(this.#db);
  }
}
