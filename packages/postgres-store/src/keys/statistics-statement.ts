import type { ApiKeyStatistics } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { fromCount } from '../database/values.ts';
import { statusOf } from './list-statement.ts';

/** One statement with a row for each figure: what is counted, of which it is, and how many. */
export async function readStatistics(db: Db, tenantId: string, userId: string, now: Date): Promise<ApiKeyStatistics> {
  const rows = await db
    .with('key', (cte) =>
      cte
        .selectFrom('api_keys as k')
        .innerJoin('subscriptions as s', (join) =>
          join.onRef('s.tenant_id', '=', 'k.tenant_id').onRef('s.id', '=', 'k.subscription_id'),
        )
        .select(({ ref }) => [
          's.id as subscription_id',
          's.models as subscription_models',
          'k.models',
          statusOf(ref('k.lifecycle'), now).as('status'),
        ])
        .where('k.tenant_id', '=', tenantId)
        .where('k.user_id', '=', userId)
        .where('k.lifecycle', '=', 'active'),
    )
    .with('model', (cte) =>
      cte
        .selectFrom(['key', sql<{ name: string }>`unnest(key.subscription_models)`.as<'model'>(sql`model(name)`)])
        .select('model.name')
        .where(sql<boolean>`key.models is null or model.name = any (key.models)`),
    )
    .selectFrom('key')
    .select(({ fn }) => [
      sql<string>`'status'`.as('kind'),
      sql<string>`status`.as('name'),
      fn.countAll<string>().as('keys'),
    ])
    .groupBy('key.status')
    .unionAll(({ selectFrom, fn }) =>
      selectFrom('key')
        .select([
          sql<string>`'subscription'`.as('kind'),
          sql<string>`cast(subscription_id as text)`.as('name'),
          fn.countAll<string>().as('keys'),
        ])
        .groupBy('key.subscription_id'),
    )
    .unionAll(({ selectFrom, fn }) =>
      selectFrom('model')
        .select([sql<string>`'model'`.as('kind'), 'model.name', fn.countAll<string>().as('keys')])
        .groupBy('model.name'),
    )
    .execute();
  const counts = rows.map((row) => ({ kind: row.kind, name: row.name, count: fromCount(row.keys) }));
  const statuses = counts.filter(({ kind }) => kind === 'status');
  const withStatus = (status: string) => statuses.find(({ name }) => name === status)?.count ?? 0;
  return {
    total: statuses.reduce((sum, { count }) => sum + count, 0),
    active: withStatus('active'),
    expired: withStatus('expired'),
    blocked: withStatus('blocked'),
    bySubscription: counts
      .filter(({ kind }) => kind === 'subscription')
      .map(({ name, count }) => ({ subscriptionId: name, count })),
    byModel: counts.filter(({ kind }) => kind === 'model').map(({ name, count }) => ({ model: name, count })),
  };
}
