import type { ColumnDescription, TableDescription } from '../database/columns.ts';
import type { SchemaFinding, SchemaFindingKind } from './finding.ts';
import type { LiveColumn } from './live-schema.ts';

/** A table, and how statements name it. */
interface Place {
  table: string;
  place: string;
}

export function compareColumns(
  where: Place,
  expected: TableDescription,
  live: Readonly<Record<string, LiveColumn>>,
): SchemaFinding[] {
  const columns = new Set([...Object.keys(expected), ...Object.keys(live)]);
  return [...columns].flatMap((name): SchemaFinding[] => {
    const wanted = expected[name];
    const found = live[name];
    if (!wanted) return found ? [unexpectedColumn(where, name, found)] : [];
    return found ? compareColumn(where, name, wanted, found) : [missingColumn(where, name, wanted)];
  });
}

function missingColumn({ table, place }: Place, name: string, column: ColumnDescription): SchemaFinding {
  const expected = declaration(column.type, column.nullable ?? false, column.default ?? null);
  const remedy = `alter table ${place} add column ${name} ${expected};`;
  return { kind: 'missing-column', level: 'problem', table, name, expected, found: null, remedy };
}

/** One that must be filled, and that no statement of ours fills, lets no row in. */
function unexpectedColumn({ table, place }: Place, name: string, column: LiveColumn): SchemaFinding {
  const found = declaration(column.type, column.nullable, column.default);
  const isInTheWay = !column.nullable && column.default === null;
  return {
    kind: 'unexpected-column',
    level: isInTheWay ? 'problem' : 'note',
    ...{ table, name, expected: null, found },
    remedy: isInTheWay
      ? `alter table ${place} alter column ${name} drop not null;`
      : 'None is needed for a column of a newer release. Else keep what is not ours in a table of its own.',
  };
}

function compareColumn(
  { table, place }: Place,
  name: string,
  wanted: ColumnDescription,
  live: LiveColumn,
): SchemaFinding[] {
  const differs = (kind: SchemaFindingKind, expected: string, found: string, change: string): SchemaFinding[] => {
    const remedy = `alter table ${place} alter column ${name} ${change};`;
    return expected === found ? [] : [{ kind, level: 'problem', table, name, expected, found, remedy }];
  };
  const nullability = (nullable: boolean | undefined) => (nullable ? 'null' : 'not null');
  const [expected, found] = [nullability(wanted.nullable), nullability(live.nullable)];
  return [
    ...differs('other-type', wanted.type, live.type, `type ${wanted.type}`),
    ...differs('other-nullability', expected, found, wanted.nullable ? 'drop not null' : 'set not null'),
    ...differs(
      'other-default',
      wanted.default ?? 'none',
      live.default ?? 'none',
      wanted.default === undefined ? 'drop default' : `set default ${wanted.default}`,
    ),
  ];
}

function declaration(type: string, nullable: boolean, byDefault: string | null): string {
  return `${type}${nullable ? '' : ' not null'}${byDefault === null ? '' : ` default ${byDefault}`}`;
}
