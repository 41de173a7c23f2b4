import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import type { AppliedMigration } from './plan.ts';

/** What stands in the database under a schema's name. */
export interface SchemaState {
  exists: boolean;
  /** Names of its tables, partitions too. */
  tables: string[];
  applied: AppliedMigration[];
}

export async function readSchemaState(db: Db, schema: string): Promise<SchemaState> {
  const { rows } = await sql<{ name: string | null }>`select c.relname as name from pg_catalog.pg_namespace n
    left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
    where n.nspname = ${schema}`.execute(db);
  const tables = rows.flatMap(({ name }) => (name === null ? [] : [name]));
  const applied = tables.includes('schema_migrations') ? await readApplied(db) : [];
  return { exists: rows.length > 0, tables, applied };
}

/** Throws `schema_mismatch` when there is no such table. */
export async function readApplied(db: Db): Promise<AppliedMigration[]> {
  const rows = await db.selectFrom('schema_migrations').selectAll().execute();
  return rows.map(({ applied_at: appliedAt, ...row }) => ({ ...row, appliedAt }));
}
