import { sql } from 'kysely';
import type { DatabaseClient } from '../database/client.ts';
import { openDatabase } from '../database/database.ts';
import { defaultSchema } from '../database/schema-name.ts';

/** A column as the database has it. */
export interface LiveColumn {
  /** As PostgreSQL prints it, with the collation when it is not the database's own: `text collate "C"`. */
  type: string;
  nullable: boolean;
  /** As PostgreSQL prints it. */
  default: string | null;
}

/** Columns by table and name, in the order of the table. */
export type LiveSchema = Record<string, Record<string, LiveColumn>>;

/** Reads the tables of a schema, without partitions. A schema that is not there has none. */
export async function readLiveSchema(options: DatabaseClient & { schema?: string }): Promise<LiveSchema> {
  const { schema = defaultSchema } = options;
  const { rows } = await sql<{ table: string; column: string } & LiveColumn>`
    select c.relname as table, a.attname as column, not a.attnotnull as nullable,
      format_type(a.atttypid, a.atttypmod)
        || coalesce(' collate ' || quote_ident(l.collname), '') as type,
      pg_get_expr(d.adbin, d.adrelid) as default
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      left join pg_catalog.pg_collation l on l.oid = a.attcollation and l.collname <> 'default'
    where n.nspname = ${schema} and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attnum`.execute(openDatabase(options, schema));
  const live: LiveSchema = {};
  for (const { table, column, ...rest } of rows) {
    live[table] = { ...live[table], [column]: rest };
  }
  return live;
}
