import { PGlite } from '@electric-sql/pglite';
import type { OpenedStorage } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { outsideOf } from './outside.ts';
import { createDatabase } from './real-postgres.ts';

export async function openOnPGlite(): Promise<OpenedStorage> {
  const pglite = new PGlite();
  await migrate({ pglite }).up();
  return {
    storage: createPostgresStorage({ pglite }),
    outside: outsideOf(async <R>(text: string, values?: unknown[]) => (await pglite.query<R>(text, values)).rows),
    close: () => pglite.close(),
  };
}

export async function openOnPostgres(): Promise<OpenedStorage> {
  const database = await createDatabase();
  const pool = database.pool();
  await migrate({ pool }).up();
  return {
    storage: createPostgresStorage({ pool }),
    outside: outsideOf(database.run),
    close: () => database.drop(),
  };
}
