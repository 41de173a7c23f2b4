import { defaultSchema } from '../database/schema-name.ts';
import { compareColumns } from './compare-columns.ts';
import { compareParts } from './compare-parts.ts';
import type { ExpectedSchema } from './expected-schema.ts';
import type { SchemaFinding } from './finding.ts';
import type { LiveSchema } from './live-schema.ts';

const noParts = {};

/**
 * Pure: every way in which a database differs from what this release works with, table by table: columns (type,
 * nullability, default), indexes, constraints and triggers. What nobody expects is a note: that of a newer release
 * does no harm, all else is somebody's doing. `schema` is the name that the remedies write.
 */
export function compareSchema(expected: ExpectedSchema, live: LiveSchema, schema = defaultSchema): SchemaFinding[] {
  const tables = new Set([...Object.keys(expected), ...Object.keys(live)]);
  return [...tables].flatMap((table): SchemaFinding[] => {
    const wanted = expected[table];
    const found = live[table];
    if (!wanted) return [unexpectedTable(table)];
    if (!found) return [missingTable(table)];
    const where = { table, place: `${schema}.${table}`, schema, isPartitioned: found.isPartitioned };
    const { columns, indexes = noParts, constraints, triggers = noParts } = wanted;
    return [
      ...compareColumns(where, columns, found.columns),
      ...compareParts({ ...where, part: 'constraint' }, constraints, found.constraints),
      ...compareParts({ ...where, part: 'index' }, indexes, found.indexes),
      ...compareParts({ ...where, part: 'trigger' }, triggers, found.triggers),
    ];
  });
}

function missingTable(table: string): SchemaFinding {
  const remedy = 'Restore it from a backup: the migration that makes it was applied, and is not applied again.';
  return { kind: 'missing-table', level: 'problem', table, name: null, expected: 'a table', found: null, remedy };
}

function unexpectedTable(table: string): SchemaFinding {
  const remedy = 'None is needed for a table of a newer release. Else move it to a schema of its own.';
  return { kind: 'unexpected-table', level: 'note', table, name: null, expected: null, found: 'a table', remedy };
}
