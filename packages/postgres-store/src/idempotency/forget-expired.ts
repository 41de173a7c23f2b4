import type { Db } from '../database/database.ts';
import { databaseNow } from '../sync/database-time.ts';

/** So that no statement holds many rows for long. */
const batchSize = 1000;

/** Removes the calls whose time is over, batch by batch. What another node is removing is passed over. */
export async function forgetExpiredCalls(db: Db): Promise<void> {
  let removed: number;
  do {
    const rows = await db
      .with('expired', (cte) =>
        cte
          .selectFrom('idempotency_keys')
          .select(['tenant_id', 'user_id', 'route', 'key'])
          .where('expires_at', '<=', databaseNow)
          .orderBy('expires_at')
          .limit(batchSize)
          .forUpdate()
          .skipLocked(),
      )
      .deleteFrom('idempotency_keys as i')
      .using('expired as e')
      .whereRef('i.tenant_id', '=', 'e.tenant_id')
      .whereRef('i.user_id', '=', 'e.user_id')
      .whereRef('i.route', '=', 'e.route')
      .whereRef('i.key', '=', 'e.key')
      .returning('i.tenant_id')
      .execute();
    removed = rows.length;
  } while (removed === batchSize);
}
