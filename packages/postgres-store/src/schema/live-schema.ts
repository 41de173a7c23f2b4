import { sql } from 'kysely';
import type { DatabaseClient } from '../database/client.ts';
import { type Db, openDatabase } from '../database/database.ts';
import { defaultSchema } from '../database/schema-name.ts';

/** A column as the database has it. */
export interface LiveColumn {
  /** As PostgreSQL prints it, with the collation when it is not the database's own: `text collate "C"`. */
  type: string;
  nullable: boolean;
  /** As PostgreSQL prints it. */
  default: string | null;
}

/** An index, constraint or trigger as the database has it. */
export interface LivePart {
  /** As PostgreSQL prints it, without the schema's name; of an index what comes after the table. */
  definition: string;
  /** False for an index that was not built to its end, a constraint that old rows may break, a trigger that is off. */
  isValid: boolean;
}

export interface LiveTable {
  isPartitioned: boolean;
  /** By name, in the order of the table. */
  columns: Record<string, LiveColumn>;
  /** Those that no constraint brought along. */
  indexes: Record<string, LivePart>;
  /** Primary and foreign keys, unique and check constraints. */
  constraints: Record<string, LivePart>;
  triggers: Record<string, LivePart>;
}

/** By the table's name. */
export type LiveSchema = Record<string, LiveTable>;

/** Reads the tables of a schema, without partitions. A schema that is not there has none. */
export async function readLiveSchema(options: DatabaseClient & { schema?: string }): Promise<LiveSchema> {
  const { schema = defaultSchema } = options;
  const db = openDatabase(options, schema);
  const live: LiveSchema = {};
  for (const { table, isPartitioned, column, ...rest } of await readColumns(db, schema)) {
    live[table] ??= { isPartitioned, columns: {}, indexes: {}, constraints: {}, triggers: {} };
    live[table].columns[column] = rest;
  }
  const ownName = new RegExp(`\\b"?${schema}"?\\.`, 'g');
  for (const { table, part, name, definition, isValid } of await readParts(db, schema)) {
    const found = live[table]; // one that came between the two readings is left out
    if (found) found[part][name] = { definition: definition.replace(ownName, ''), isValid };
  }
  return live;
}

const tables = (schema: string) => sql`(
  select c.oid, c.relname, c.relkind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = ${schema} and c.relkind in ('r', 'p') and not c.relispartition)`;

async function readColumns(db: Db, schema: string) {
  const { rows } = await sql<{ table: string; isPartitioned: boolean; column: string } & LiveColumn>`
    select t.relname as table, t.relkind = 'p' as "isPartitioned", a.attname as column, not a.attnotnull as nullable,
      format_type(a.atttypid, a.atttypmod)
        || coalesce(' collate ' || quote_ident(l.collname), '') as type,
      pg_get_expr(d.adbin, d.adrelid) as default
    from ${tables(schema)} t
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
      left join pg_catalog.pg_collation l on l.oid = a.attcollation and l.collname <> 'default'
    order by t.relname, a.attnum`.execute(db);
  return rows;
}

async function readParts(db: Db, schema: string) {
  const { rows } = await sql<{ table: string; part: 'indexes' | 'constraints' | 'triggers'; name: string } & LivePart>`
    select t.relname as table, 'indexes' as part, i.relname as name, x.indisvalid as "isValid",
      case when x.indisunique then 'UNIQUE ' else '' end
        || substring(pg_get_indexdef(i.oid) from 'USING .*$') as definition
    from ${tables(schema)} t
      join pg_catalog.pg_index x on x.indrelid = t.oid
      join pg_catalog.pg_class i on i.oid = x.indexrelid
    where not exists (
      select 1 from pg_catalog.pg_constraint n where n.conindid = i.oid and n.contype in ('p', 'u', 'x'))
    union all
    select t.relname, 'constraints', n.conname, n.convalidated and coalesce(x.indisvalid, true),
      regexp_replace(pg_get_constraintdef(n.oid), ' NOT VALID$', '')
    from ${tables(schema)} t
      join pg_catalog.pg_constraint n on n.conrelid = t.oid and n.contype in ('p', 'u', 'f', 'c')
      left join pg_catalog.pg_index x on x.indexrelid = n.conindid and n.contype in ('p', 'u')
    union all
    select t.relname, 'triggers', g.tgname, g.tgenabled in ('O', 'A'), pg_get_triggerdef(g.oid)
    from ${tables(schema)} t join pg_catalog.pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
    order by 1, 2, 3`.execute(db);
  return rows;
}
