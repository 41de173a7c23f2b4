import { type Expression, type QueryCreator, sql } from 'kysely';
import type { Database, Db } from '../database/database.ts';
import { withRetries } from '../database/transaction.ts';
import { fromCount, toUuid } from '../database/values.ts';
import { databaseNow } from './database-time.ts';
import { dueNow } from './mark-task.ts';

/** Marks every creating and active key that hangs on a parent; of the whole tenant when none is named. */
export function markKeysOf(
  db: Db,
  tenantId: string,
  { subscriptionId, userId }: { subscriptionId?: string; userId?: string },
): Promise<number> {
  const find = (creator: QueryCreator<Database>) => {
    let query = creator
      .selectFrom('api_keys as k')
      .select(['k.tenant_id', 'k.id'])
      .where('k.tenant_id', '=', tenantId)
      .where('k.lifecycle', 'in', ['creating', 'active']);
    if (subscriptionId !== undefined) query = query.where('k.subscription_id', '=', toUuid(subscriptionId));
    if (userId !== undefined) query = query.where('k.user_id', '=', userId);
    return query;
  };
  return markKeys(db, find, 'all');
}

/**
 * Marks the keys that a query finds, and tells how many. `affected` says which of the tasks that are there already
 * become due. Rows are locked in the order of the keys' ids, so that two of these never wait for each other.
 */
export function markKeys(
  db: Db,
  find: (creator: QueryCreator<Database>) => Expression<{ tenant_id: string; id: string }>,
  affected: 'all' | 'being-worked-on',
): Promise<number> {
  const mark = async () => {
    const row = await db
      .with('found', find)
      .with('marked', (cte) =>
        cte
          .insertInto('sync_tasks')
          .columns(['tenant_id', 'entity', 'entity_id', 'due_at', 'created_at', 'updated_at'])
          .expression(({ selectFrom }) =>
            selectFrom('found')
              .select([
                'found.tenant_id',
                sql<'key'>`'key'`.as('entity'),
                sql<string>`cast(found.id as text)`.as('entity_id'),
                databaseNow.as('due_at'),
                databaseNow.as('created_at'),
                databaseNow.as('updated_at'),
              ])
              .orderBy('found.id'),
          )
          .onConflict((conflict) => {
            const due = conflict
              .columns(['tenant_id', 'entity', 'entity_id'])
              .doUpdateSet({ due_at: dueNow, attempts: 0, dead_at: null, updated_at: databaseNow });
            return affected === 'all' ? due : due.where('sync_tasks.lease_until', 'is not', null);
          })
          .returning('entity_id'),
      )
      .selectFrom('marked')
      .select(({ fn }) => fn.countAll<string>().as('keys'))
      .executeTakeFirst();
    return fromCount(row?.keys ?? '0');
  };
  return db.isTransaction ? mark() : withRetries(mark);
}
