import {
  type Lease,
  type Page,
  type PageRequest,
  type SyncEntity,
  type SyncRetry,
  type SyncSummary,
  type SyncTask,
  type SyncTaskKey,
  type SyncTaskStore,
  toPage,
} from '@keywright/core';
import { sql } from 'kysely';
import { comesAfter } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { databaseNow, inMs } from './database-time.ts';
import { markKeysOf } from './mark-keys.ts';
import { dueNow, markTask } from './mark-task.ts';
import { readSummary } from './summary-statement.ts';
import { syncTaskFromRow } from './sync-task-row.ts';
import { syncTasksColumns } from './sync-tasks-table.ts';

/** A claim sets `due_at` to exactly `lease_until`; a mark sets it to something earlier. */
const wasMarkedMeanwhile = sql<boolean>`due_at < lease_until`;

const noLease = { lease_until: null, lease_token: null, updated_at: databaseNow };

export class PostgresSyncTaskStore implements SyncTaskStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  mark(tenantId: string, entity: SyncEntity, entityId: string, lease?: Lease): Promise<boolean> {
    return markTask(this.#db, { tenantId, entity, entityId }, lease);
  }

  markKeysOf(tenantId: string, parent: { subscriptionId?: string; userId?: string }): Promise<number> {
    return markKeysOf(this.#db, tenantId, parent);
  }

  /** One statement in the usual case. Between the two nothing can become `done` again while the token is ours. */
  async finish(task: SyncTaskKey, leaseToken: string): Promise<'done' | 'due-again' | 'lost'> {
    const done = await this.#db
      .deleteFrom('sync_tasks')
      .where('tenant_id', '=', task.tenantId)
      .where('entity', '=', task.entity)
      .where('entity_id', '=', task.entityId)
      .where('lease_token', '=', leaseToken)
      .whereRef('due_at', '=', 'lease_until')
      .where(sql<boolean>`coalesce(unsettled_until <= ${databaseNow}, true)`)
      .returning('entity_id')
      .executeTakeFirst();
    if (done) return 'done';
    const dueAt = sql<Date>`case when ${wasMarkedMeanwhile} then due_at else coalesce(unsettled_until, due_at) end`;
    const kept = await this.#held(task, leaseToken)
      .set({ ...noLease, due_at: dueAt })
      .returning('entity_id')
      .executeTakeFirst();
    return kept ? 'due-again' : 'lost';
  }

  async retryLater(task: SyncTaskKey, leaseToken: string, again: SyncRetry): Promise<boolean> {
    const { last_error } = checkRow(syncTasksColumns, { last_error: again.error });
    const row = await this.#held(task, leaseToken)
      .set({
        ...noLease,
        last_error,
        // what was marked meanwhile is due already, with no attempts behind it
        due_at: sql<Date>`case when ${wasMarkedMeanwhile} then due_at else ${inMs(again.afterMs)} end`,
        ...(again.unsettledMs !== undefined && { unsettled_until: inMs(again.unsettledMs) }),
        attempts: sql<number>`case when ${wasMarkedMeanwhile} then attempts else attempts + ${again.failed ? 1 : 0} end`,
      })
      .returning('entity_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** What was marked meanwhile is another change than the one that is given up: it stays due. */
  async bury(task: SyncTaskKey, leaseToken: string, error: string): Promise<boolean> {
    const { last_error } = checkRow(syncTasksColumns, { last_error: error });
    const row = await this.#held(task, leaseToken)
      .set({
        ...noLease,
        last_error,
        dead_at: sql<Date | null>`case when ${wasMarkedMeanwhile} then null else ${databaseNow} end`,
      })
      .returning('entity_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async retry(tenantId: string, entity: SyncEntity, entityId: string): Promise<boolean> {
    const row = await this.#db
      .updateTable('sync_tasks')
      .set({ due_at: dueNow, attempts: 0, dead_at: null, updated_at: databaseNow })
      .where('tenant_id', '=', tenantId)
      .where('entity', '=', entity)
      .where('entity_id', '=', entityId)
      .returning('entity_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async list(tenantId: string, page: PageRequest): Promise<Page<SyncTask>> {
    const id = sql<string>`entity || '/' || entity_id`;
    const { after } = page;
    let query = this.#db.selectFrom('sync_tasks').selectAll().where('tenant_id', '=', tenantId);
    if (after) query = query.where(({ ref }) => comesAfter({ createdAt: ref('created_at'), id: sql`(${id})` }, after));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy(id, 'desc')
      .limit(page.limit + 1)
      .execute();
    return toPage(rows.map(syncTaskFromRow), page.limit, (task) => ({
      createdAt: task.createdAt,
      id: `${task.entity}/${task.entityId}`,
    }));
  }

  summary(tenantId: string): Promise<SyncSummary> {
    return readSummary(this.#db, tenantId);
  }

  #held(task: SyncTaskKey, leaseToken: string) {
    return this.#db
      .updateTable('sync_tasks')
      .where('tenant_id', '=', task.tenantId)
      .where('entity', '=', task.entity)
      .where('entity_id', '=', task.entityId)
      .where('lease_token', '=', leaseToken);
  }
}
