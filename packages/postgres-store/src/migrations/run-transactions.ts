import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Migration } from './migration.ts';
import { lockStatements, type MigrationTransaction } from './migration-transaction.ts';
import { compareMigrations, refuse } from './plan.ts';
import { readSchemaState } from './schema-state.ts';

/** Where migrations run, and which ones this release knows. */
export interface MigrationPlace {
  db: Db;
  schema: string;
  known: readonly Migration[];
}

/** Runs each in a transaction of its own. Resolves to those that this process ran: others may have been faster. */
export async function runTransactions(
  place: MigrationPlace,
  transactions: readonly MigrationTransaction[],
): Promise<MigrationTransaction[]> {
  const ran: MigrationTransaction[] = [];
  for (const transaction of transactions) if (await runTransaction(place, transaction)) ran.push(transaction);
  return ran;
}

function runTransaction(place: MigrationPlace, transaction: MigrationTransaction): Promise<boolean> {
  return inTransaction(place.db, async (db) => {
    for (const statement of lockStatements(place.schema)) await sql.raw(statement).execute(db);
    if (await isDone({ ...place, db }, transaction)) return false;
    for (const statement of transaction.statements) await sql.raw(statement).execute(db);
    return true;
  });
}

/** Under the lock: what was read before it may be old. */
async function isDone({ db, schema, known }: MigrationPlace, { unless }: MigrationTransaction): Promise<boolean> {
  if (!unless) return false;
  const { tables, applied } = await readSchemaState(db, schema);
  if ('table' in unless) return tables.includes(unless.table);
  refuse(compareMigrations(known, applied));
  const isApplied = (wanted: number) => applied.some(({ number }) => number === wanted);
  return 'applied' in unless ? isApplied(unless.applied) : !isApplied(unless.undone);
}
