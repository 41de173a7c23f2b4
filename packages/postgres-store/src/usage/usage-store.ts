import type { Granularity, UsageFilter, UsagePoint, UsageStore, UsageTotals } from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { fromCount } from '../database/values.ts';

/** A sum of `bigint` is a numeric without decimals. Corrections (`seq` above 0) are figures, but no requests. */
const sums = [
  sql<string>`count(*) filter (where seq = 0)`.as('requests'),
  sql<string>`coalesce(sum(input_tokens), 0)`.as('input_tokens'),
  sql<string>`coalesce(sum(output_tokens), 0)`.as('output_tokens'),
  sql<string>`coalesce(sum(cost_nano), 0)`.as('cost_nano'),
] as const;

export class PostgresUsageStore implements UsageStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async totals(tenantId: string, filter: UsageFilter): Promise<UsageTotals> {
    const row = await this.#events(tenantId, filter).select(sums).executeTakeFirst();
    return row ? totalsFromRow(row) : { requests: 0, inputTokens: 0, outputTokens: 0, costNano: 0n };
  }

  async series(tenantId: string, filter: UsageFilter, granularity: Granularity): Promise<UsagePoint[]> {
    const unit = granularity === 'hour' ? sql.lit('hour') : sql.lit('day');
    const at = sql<Date>`date_trunc(${unit}, reserved_at, 'UTC')`;
    const rows = await this.#events(tenantId, filter)
      .select(at.as('at'))
      .select(sums)
      .groupBy(at)
      .orderBy('at')
      .execute();
    return rows.map((row) => ({ at: row.at, ...totalsFromRow(row) }));
  }

  #events(tenantId: string, filter: UsageFilter) {
    let query = this.#db
      .selectFrom('usage_events')
      .where('tenant_id', '=', tenantId)
      .where('reserved_at', '>=', filter.from)
      .where('reserved_at', '<', filter.to);
    if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId);
    if (filter.keyId !== undefined) query = query.where('key_id', '=', filter.keyId);
    if (filter.subscriptionId !== undefined) query = query.where('subscription_id', '=', filter.subscriptionId);
    return query;
  }
}

type SumsRow = Record<'requests' | 'input_tokens' | 'output_tokens' | 'cost_nano', string>;

function totalsFromRow(row: SumsRow): UsageTotals {
  return {
    requests: fromCount(row.requests),
    inputTokens: fromCount(row.input_tokens),
    outputTokens: fromCount(row.output_tokens),
    costNano: BigInt(row.cost_nano),
  };
}
