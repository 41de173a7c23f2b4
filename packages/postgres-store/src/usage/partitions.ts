import type { MigrationTransaction } from '../migrations/migration-transaction.ts';

/** The month that runs, and the three after it. */
const monthsAhead = 3;

/**
 * The partitions that are missing at a moment: `usage_events_2030_01`. Months are those of UTC. None when the ledger
 * itself is not among the tables.
 */
export function missingPartitions(schema: string, tables: readonly string[], nowMs: number): MigrationTransaction[] {
  if (!tables.includes('usage_events')) return [];
  const now = new Date(nowMs);
  const months = Array.from(
    { length: monthsAhead + 1 },
    (_, ahead) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)),
  );
  return months.map((month) => newPartition(schema, month)).filter(({ unless }) => !tables.includes(unless.table));
}

/**
 * Makes a partition beside the table and attaches it: creating it in place would stop every write to the ledger.
 * Events of its month that came before it are in the default partition and move over; meanwhile that one is locked.
 */
function newPartition(schema: string, month: Date) {
  const name = `usage_events_${month.toISOString().slice(0, 7).replace('-', '_')}`;
  const from = month.toISOString();
  const to = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1)).toISOString();
  const within = `reserved_at >= '${from}' and reserved_at < '${to}'`;
  return {
    title: `partition ${name}`,
    statements: [
      `create table ${schema}.${name} (like ${schema}.usage_events including defaults including constraints)`,
      `lock table ${schema}.usage_events_default in access exclusive mode`,
      `with moved as (delete from ${schema}.usage_events_default where ${within} returning *)
insert into ${schema}.${name} select * from moved`,
      `alter table ${schema}.usage_events attach partition ${schema}.${name} for values from ('${from}') to ('${to}')`,
    ],
    unless: { table: name },
  };
}
