import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { withRetries } from '../database/transaction.ts';
import { fromCount } from '../database/values.ts';
import { databaseNow } from './database-time.ts';
import { dueNow } from './mark-statements.ts';

/**
 * A task that waits already, or was given up, is left as it is; one that is being worked on may have looked before the
 * boundary, so it becomes due again. Rows are locked in the order of their ids.
 */
export function markKeysOfCrossedSubscriptions(db: Db, now: Date): Promise<number> {
  return withRetries(async () => {
    const row = await db
      .with('marked', (cte) =>
        cte
          .insertInto('sync_tasks')
          .columns(['tenant_id', 'entity', 'entity_id', 'due_at', 'created_at', 'updated_at'])
          .expression(({ selectFrom }) =>
            selectFrom('subscriptions as s')
              .innerJoin('api_keys as k', (join) =>
                join.onRef('k.tenant_id', '=', 's.tenant_id').onRef('k.subscription_id', '=', 's.id'),
              )
              .select([
                'k.tenant_id',
                sql<'key'>`'key'`.as('entity'),
                sql<string>`cast(k.id as text)`.as('entity_id'),
                databaseNow.as('due_at'),
                databaseNow.as('created_at'),
                databaseNow.as('updated_at'),
              ])
              .where('k.lifecycle', '=', 'active')
              .where(({ or }) => or([isCrossed('starts_at', now), isCrossed('expires_at', now)]))
              .orderBy('k.id'),
          )
          .onConflict((conflict) =>
            conflict
              .columns(['tenant_id', 'entity', 'entity_id'])
              .doUpdateSet({ due_at: dueNow, updated_at: databaseNow })
              .where('sync_tasks.lease_until', 'is not', null),
          )
          .returning('entity_id'),
      )
      .selectFrom('marked')
      .select(({ fn }) => fn.countAll<string>().as('keys'))
      .executeTakeFirst();
    return fromCount(row?.keys ?? '0');
  });
}

/** The boundary has passed, and LiteLLM was last told before it. */
function isCrossed(boundary: 'starts_at' | 'expires_at', now: Date) {
  const at = sql.ref(`s.${boundary}`);
  return sql<boolean>`${at} <= ${now} and ${at} > coalesce(k.last_sync_at, k.created_at)`;
}
