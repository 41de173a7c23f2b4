import { checksumOf, type Migration } from './migration.ts';

/** Statements that run in one transaction, under the migration lock. */
export interface MigrationTransaction {
  /** What it is, for the comment in printed SQL. */
  title: string;
  statements: string[];
  /** When another process may have done it meanwhile: what to look for under the lock. */
  unless?: { applied: number } | { undone: number } | { table: string };
}

/**
 * First in every transaction: one process at a time. Migrations are short, so a minute of waiting means trouble. After
 * it, no statement waits long for a table, because everything else would queue up behind it.
 */
export function lockStatements(schema: string): string[] {
  return [
    `set local lock_timeout = '60s'`,
    `select pg_advisory_xact_lock(hashtext('keywright migrations'), hashtext('${schema}'))`,
    `set local lock_timeout = '5s'`,
  ];
}

/** Makes the place where steps are noted. A role that may not create schemas can have it made by someone else. */
export function bootstrap(schema: string, schemaExists: boolean): MigrationTransaction {
  const create = schemaExists ? [] : [`create schema if not exists ${schema}`];
  const table = `create table if not exists ${schema}.schema_migrations (
  number integer primary key,
  name text not null,
  checksum text not null,
  breaking boolean not null,
  applied_at timestamptz(3) not null default now()
)`;
  return { title: 'where applied migrations are noted', statements: [...create, table] };
}

export function stepUp(schema: string, migration: Migration): MigrationTransaction {
  const { number, name, breaking } = migration;
  const note = `insert into ${schema}.schema_migrations (number, name, checksum, breaking)
values (${number}, '${name}', '${checksumOf(migration)}', ${breaking})`;
  return { title: `${name} up`, statements: [...migration.up(schema), note], unless: { applied: number } };
}

export function stepDown(schema: string, migration: Migration): MigrationTransaction {
  const { number, name } = migration;
  const note = `delete from ${schema}.schema_migrations where number = ${number}`;
  return { title: `${name} down`, statements: [...migration.down(schema), note], unless: { undone: number } };
}

/** The transactions as a script for psql, or for a host's own migration tool. */
export function printTransactions(schema: string, transactions: readonly MigrationTransaction[]): string {
  const print = ({ title, statements }: MigrationTransaction) => {
    const lines = [...lockStatements(schema), ...statements].map((text) => `${text};`);
    return `-- ${title}\nbegin;\n${lines.join('\n')}\ncommit;\n`;
  };
  return transactions.map(print).join('\n');
}
