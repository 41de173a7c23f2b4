import { type RawBuilder, sql } from 'kysely';

/**
 * The database's clock at the beginning of the statement, cut to the millisecond: a column of milliseconds would
 * round it up, and a task that is due now would not be due yet. One value within a statement, a new one in the next,
 * also inside a transaction.
 */
export const databaseNow: RawBuilder<Date> = sql<Date>`date_trunc('milliseconds', statement_timestamp())`;

/** Milliseconds from now, by the database's clock. */
export function inMs(ms: number): RawBuilder<Date> {
  return sql<Date>`date_trunc('milliseconds', statement_timestamp() + make_interval(secs => cast(${ms} as double precision) / 1000))`;
}
