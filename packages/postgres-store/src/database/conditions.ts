import type { PagePosition } from '@keywright/core';
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';

/** Rows that come after a position in a list that is ordered by (created_at, id), newest first. */
export function comesAfter(
  columns: { createdAt: Expression<Date>; id: Expression<string> },
  position: PagePosition,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${columns.createdAt}, ${columns.id}) < (${position.createdAt}, ${position.id})`;
}

/**
 * Whether a text contains another, whatever the case; `%`, `_` and `\` stand for themselves. The database's own
 * collation decides what upper and lower case are, also for columns that compare by "C": in a database with locale C
 * these are the letters A to Z alone.
 */
export function contains(column: Expression<string | null>, search: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} collate "default" ilike ${`%${literal(search)}%`}`;
}

/** As `contains`, at the beginning. */
export function startsWith(column: Expression<string | null>, search: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} collate "default" ilike ${`${literal(search)}%`}`;
}

function literal(search: string): string {
  return search.replace(/[\\%_]/g, '\\$&');
}
