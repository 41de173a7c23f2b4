import type { UsageEvent, UsageLedger } from '@keywright/core';
import { sql } from 'kysely';
import { castType } from '../database/columns.ts';
import type { Db } from '../database/database.ts';
import { sqlState, violatedConstraint } from '../database/storage-error.ts';
import { withRetries } from '../database/transaction.ts';
import { usageEventToRow } from './usage-event-row.ts';
import { usageEventsColumns } from './usage-events-table.ts';

const columns = [
  'tenant_id',
  'reserved_at',
  'reservation_id',
  'seq',
  'user_id',
  'subscription_id',
  'key_id',
  'model',
  'input_tokens',
  'output_tokens',
  'cost_nano',
  'price_version',
  'source',
  'outcome',
  'upstream_call_id',
] as const;

/** `(tenant_id text, reserved_at timestamp(3) with time zone, ...)`: how JSON is read as rows. */
const recordType = sql.raw(columns.map((name) => `${name} ${castType(usageEventsColumns[name])}`).join(', '));

const uuidPattern = sql.lit('^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$');

export class PostgresUsageLedger implements UsageLedger {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * One statement. Events are written, and then their keys are locked, in the order of their ids: nodes that hand in
   * the same events or keys never wait for each other in a circle. Key ids in events are texts that outlive their keys:
   * one that is no UUID has no key.
   */
  async append(events: readonly UsageEvent[]): Promise<void> {
    if (events.length === 0) return;
    const json = JSON.stringify(events.toSorted(byId).map(usageEventToRow));
    await withRetries(() => this.#write(json), isTransient);
  }

  async #write(json: string): Promise<void> {
    await this.#db
      .with('written', (cte) =>
        cte
          .insertInto('usage_events')
          .columns([...columns])
          .expression(({ selectFrom }) =>
            selectFrom(sql`json_to_recordset(cast(${json} as json))`.as<'e'>(sql`e(${recordType})`)).select(
              columns.map((name) => sql.ref(`e.${name}`).as(name)),
            ),
          )
          .onConflict((conflict) => conflict.doNothing())
          .returning(['tenant_id', 'key_id', 'input_tokens', 'output_tokens', 'cost_nano']),
      )
      .with('added', (cte) =>
        cte
          .selectFrom('written')
          .select([
            'tenant_id',
            sql<string>`cast(key_id as uuid)`.as('id'),
            sql<string>`coalesce(sum(cost_nano), 0) * 0.000000001`.as('spend'),
            sql<string>`cast(sum(input_tokens + output_tokens) as bigint)`.as('tokens'),
          ])
          .where(sql<string>`key_id`, '~', uuidPattern)
          .groupBy(['tenant_id', 'key_id']),
      )
      .with('locked', (cte) =>
        cte
          .selectFrom('api_keys as k')
          .innerJoin('added', (join) =>
            join.onRef('added.tenant_id', '=', 'k.tenant_id').onRef('added.id', '=', 'k.id'),
          )
          .select(['k.id', 'added.spend', 'added.tokens'])
          .orderBy('k.id')
          .forNoKeyUpdate('k'),
      )
      .updateTable('api_keys as k')
      .from('locked')
      .set({
        current_spend: sql<string>`k.current_spend + locked.spend`,
        current_quota_usage: sql<string>`k.current_quota_usage + locked.tokens`,
      })
      .whereRef('k.id', '=', 'locked.id')
      .execute();
  }
}

function byId(a: UsageEvent, b: UsageEvent): number {
  if (a.reservationId === b.reservationId) return a.seq - b.seq;
  return a.reservationId < b.reservationId ? -1 : 1;
}

/**
 * Beside deadlocks: a partition that was added between routing a row and writing it, which PostgreSQL reports as a
 * violation of the default partition's own bounds (23514 without the name of a constraint).
 */
function isTransient(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01' || (state === '23514' && violatedConstraint(error) === undefined);
}
