import type { SchemaFinding, SchemaFindingKind } from './finding.ts';
import type { LivePart } from './live-schema.ts';

interface Place {
  table: string;
  /** How statements name the table. */
  place: string;
  schema: string;
  /** Then PostgreSQL does nothing to an index while others write. */
  isPartitioned: boolean;
  part: 'index' | 'constraint' | 'trigger';
}

const invalid = {
  index: 'invalid-index',
  constraint: 'unvalidated-constraint',
  trigger: 'disabled-trigger',
} as const satisfies Record<Place['part'], SchemaFindingKind>;

/** Indexes, constraints or triggers of a table, by name. */
export function compareParts(
  where: Place,
  expected: Readonly<Record<string, string>>,
  live: Readonly<Record<string, LivePart>>,
): SchemaFinding[] {
  const { table, part } = where;
  const names = new Set([...Object.keys(expected), ...Object.keys(live)]);
  return [...names].flatMap((name): SchemaFinding[] => {
    const wanted = expected[name] ?? null;
    const is = live[name];
    const found = is?.definition ?? null;
    const finding = (kind: SchemaFindingKind, remedy: string): SchemaFinding[] => [
      { kind, level: wanted === null ? 'note' : 'problem', table, name, expected: wanted, found, remedy },
    ];
    if (wanted === null) return finding(`unexpected-${part}`, unexpectedRemedy(where, name));
    if (!is) return finding(`missing-${part}`, make(where, name, wanted));
    if (found !== wanted) return finding(`other-${part}`, `${drop(where, name)} ${make(where, name, wanted)}`);
    return is.isValid ? [] : finding(invalid[part], repair(where, name));
  });
}

function make({ place, schema, part, isPartitioned }: Place, name: string, definition: string): string {
  const text = withSchema(definition, schema);
  if (part === 'constraint') return `alter table ${place} add constraint ${name} ${text};`;
  if (part === 'trigger') return `${text};`;
  const index = text.startsWith('UNIQUE ') ? 'unique index' : 'index';
  const how = concurrently(isPartitioned);
  return `create ${index} ${how}${name} on ${place} ${text.replace('UNIQUE ', '')};`;
}

function drop({ place, schema, part, isPartitioned }: Place, name: string): string {
  if (part === 'constraint') return `alter table ${place} drop constraint ${name};`;
  if (part === 'trigger') return `drop trigger ${name} on ${place};`;
  return `drop index ${concurrently(isPartitioned)}${schema}.${name};`;
}

function repair({ place, schema, part, isPartitioned }: Place, name: string): string {
  if (part === 'constraint') return `alter table ${place} validate constraint ${name};`;
  if (part === 'trigger') return `alter table ${place} enable trigger ${name};`;
  return `reindex index ${concurrently(isPartitioned)}${schema}.${name};`;
}

function concurrently(isPartitioned: boolean): string {
  return isPartitioned ? '' : 'concurrently ';
}

function unexpectedRemedy(where: Place, name: string): string {
  return `None is needed for one of a newer release, or one that you made. Else: ${drop(where, name)}`;
}

/** Names of tables and functions in a definition, which are the only ones in small letters after these words. */
function withSchema(definition: string, schema: string): string {
  return definition.replace(/\b(ON|REFERENCES|FUNCTION) (?=[a-z_])/g, `$1 ${schema}.`);
}
