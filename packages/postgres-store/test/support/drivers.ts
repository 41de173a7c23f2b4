import { PGlite } from '@electric-sql/pglite';
import type { DatabaseClient } from '@keywright/postgres-store';
import { describe } from 'vitest';
import type { RunSql } from './outside.ts';
import { createDatabase, describePostgres } from './real-postgres.ts';

/** An empty database: nothing is migrated yet. */
export interface OpenedDatabase {
  client: DatabaseClient;
  run: RunSql;
  close(): Promise<void>;
}

async function openPGliteDatabase(): Promise<OpenedDatabase> {
  const pglite = new PGlite();
  return {
    client: { pglite },
    run: async <R>(text: string, values?: unknown[]) => (await pglite.query<R>(text, values)).rows,
    close: () => pglite.close(),
  };
}

async function openPostgresDatabase(): Promise<OpenedDatabase> {
  const database = await createDatabase();
  return { client: { pool: database.pool() }, run: database.run, close: () => database.drop() };
}

/** Describes tests on both drivers. */
export function describeDrivers(name: string, tests: (open: () => Promise<OpenedDatabase>) => void): void {
  describe(`${name} (PGlite)`, () => tests(openPGliteDatabase));
  describePostgres(name, () => tests(openPostgresDatabase));
}
