import { isUuid } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { withRetries } from '../database/transaction.ts';

/** One statement: rows are locked in the order of their ids, so that two nodes never wait for each other. */
export async function recordLastUsed(
  db: Db,
  uses: readonly { tenantId: string; keyId: string; at: Date }[],
): Promise<void> {
  const known = uses.filter(({ keyId }) => isUuid(keyId));
  if (known.length === 0) return;
  const json = JSON.stringify(known.map(({ tenantId, keyId, at }) => ({ tenant_id: tenantId, id: keyId, at })));
  await withRetries(() =>
    db
      .with('used', (cte) =>
        cte
          .selectFrom(
            sql<{ tenant_id: string; id: string; at: Date }>`json_to_recordset(cast(${json} as json))`.as<'u'>(
              sql`u(tenant_id text, id uuid, at timestamptz(3))`,
            ),
          )
          .select(({ fn }) => ['u.tenant_id', 'u.id', fn.max('u.at').as('at')])
          .groupBy(['u.tenant_id', 'u.id']),
      )
      .with('locked', (cte) =>
        cte
          .selectFrom('api_keys as k')
          .innerJoin('used', (join) => join.onRef('used.tenant_id', '=', 'k.tenant_id').onRef('used.id', '=', 'k.id'))
          .select(['k.id', 'used.at'])
          .where(({ or, eb, ref }) => or([eb('k.last_used_at', 'is', null), eb('k.last_used_at', '<', ref('used.at'))]))
          .orderBy('k.id')
          .forNoKeyUpdate('k'),
      )
      .updateTable('api_keys as k')
      .from('locked')
      .set(({ ref, fn }) => ({ last_used_at: fn<Date>('greatest', [ref('k.last_used_at'), ref('locked.at')]) }))
      .whereRef('k.id', '=', 'locked.id')
      .execute(),
  );
}
