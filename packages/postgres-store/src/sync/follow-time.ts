import type { Clock } from '@keywright/core';
import { type QueryCreator, sql } from 'kysely';
import type { Database, Db } from '../database/database.ts';
import { markKeys } from './mark-keys.ts';

/** Looks that far back behind its last look, for what others were writing meanwhile. */
const overlapMs = 60_000;

/**
 * `markKeysChangedByTime`. The first look of a process goes over every subscription, for what passed while nobody
 * looked; later ones find what passed since by an index, whatever the number of keys.
 */
export function timeFollower(db: Db, clock: Clock): () => Promise<number> {
  let since: Date | undefined;
  return async () => {
    const now = clock.now();
    const marked = await markKeysChangedByTime(db, since, new Date(now));
    since = new Date(now - overlapMs);
    return marked;
  };
}

/**
 * Marks active keys whose subscription began or ended after `since` and after LiteLLM was last told, or with a
 * `retiring` secret whose time is over. A task that waits already, or was given up, is left as it is; one that is being
 * worked on may have looked before, so it becomes due again.
 */
function markKeysChangedByTime(db: Db, since: Date | undefined, now: Date): Promise<number> {
  const isCrossed = (boundary: 'starts_at' | 'expires_at') => {
    const at = sql.ref(`s.${boundary}`);
    const isNew = since ? sql`${at} > ${since} and` : sql``;
    return sql<boolean>`${at} <= ${now} and ${isNew} ${at} > coalesce(k.last_sync_at, k.created_at)`;
  };
  const find = (creator: QueryCreator<Database>) =>
    creator
      .selectFrom('subscriptions as s')
      .innerJoin('api_keys as k', (join) =>
        join.onRef('k.tenant_id', '=', 's.tenant_id').onRef('k.subscription_id', '=', 's.id'),
      )
      .select(['k.tenant_id', 'k.id'])
      .where('k.lifecycle', '=', 'active')
      .where(({ or }) => or([isCrossed('starts_at'), isCrossed('expires_at')]))
      // a union, which gives each key once, and lets either side use its own index
      .union(
        creator
          .selectFrom('api_key_secrets as x')
          .innerJoin('api_keys as k', (join) =>
            join.onRef('k.tenant_id', '=', 'x.tenant_id').onRef('k.id', '=', 'x.api_key_id'),
          )
          .select(['k.tenant_id', 'k.id'])
          .where('k.lifecycle', '=', 'active')
          .where('x.state', '=', sql.lit('retiring')) // as the partial index has it
          .where('x.valid_until', '<=', now),
      );
  return markKeys(db, find, 'being-worked-on');
}
