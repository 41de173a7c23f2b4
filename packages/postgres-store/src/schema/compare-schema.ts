import type { TableDescription } from '../database/columns.ts';
import type { LiveSchema } from './live-schema.ts';

/** One way in which a database differs from what this release works with. */
export type SchemaDifference =
  | { kind: 'missing-table' | 'unexpected-table'; table: string }
  | { kind: 'missing-column' | 'unexpected-column'; table: string; column: string }
  | {
      kind: 'other-type' | 'other-nullability' | 'other-default';
      table: string;
      column: string;
      expected: string;
      found: string;
    };

/**
 * Pure: column by column, type, nullability and default. Unexpected tables and columns are named too: those of a newer
 * release do no harm, all others are somebody's doing.
 */
export function compareSchema(
  expected: Readonly<Record<string, TableDescription>>,
  live: LiveSchema,
): SchemaDifference[] {
  const tables = new Set([...Object.keys(expected), ...Object.keys(live)]);
  return [...tables].flatMap((table): SchemaDifference[] => {
    const wanted = expected[table];
    const found = live[table];
    if (!wanted) return [{ kind: 'unexpected-table', table }];
    return found ? compareTable(table, wanted, found) : [{ kind: 'missing-table', table }];
  });
}

function compareTable(
  table: string,
  expected: TableDescription,
  live: Readonly<LiveSchema[string]>,
): SchemaDifference[] {
  const columns = new Set([...Object.keys(expected), ...Object.keys(live)]);
  return [...columns].flatMap((column): SchemaDifference[] => {
    const wanted = expected[column];
    const found = live[column];
    if (!wanted) return [{ kind: 'unexpected-column', table, column }];
    if (!found) return [{ kind: 'missing-column', table, column }];
    const differs = (kind: 'other-type' | 'other-nullability' | 'other-default', a: string, b: string) =>
      a === b ? [] : [{ kind, table, column, expected: a, found: b }];
    return [
      ...differs('other-type', wanted.type, found.type),
      ...differs('other-nullability', nullability(wanted.nullable), nullability(found.nullable)),
      ...differs('other-default', wanted.default ?? 'none', found.default ?? 'none'),
    ];
  });
}

function nullability(nullable: boolean | undefined): string {
  return nullable ? 'null' : 'not null';
}
