import type { ColumnType } from 'kysely';

/** The column types in use, as PostgreSQL prints them. Ids of the host compare byte by byte: `collate "C"`. */
export type SqlType = keyof SqlValues;

interface SqlValues {
  text: Both<string>;
  'text collate "C"': Both<string>;
  'text[]': Both<string[]>;
  uuid: Both<string>;
  boolean: Both<boolean>;
  integer: Both<number>;
  /** Counters. Read as text, because a number does not hold all of them. */
  bigint: { read: string; write: number | string };
  /** Money. Read and written as a decimal text, never as a float. */
  'numeric(20,9)': Both<string>;
  /** To the millisecond, as a Date. */
  'timestamp(3) with time zone': Both<Date>;
  bytea: Both<Uint8Array>;
  /** Written as JSON text. */
  jsonb: { read: Record<string, unknown>; write: string };
}

interface Both<T> {
  read: T;
  write: T;
}

export interface ColumnDescription {
  readonly type: SqlType;
  /** Left out: NOT NULL. */
  readonly nullable?: true;
  /** The default as PostgreSQL prints it. */
  readonly default?: string;
  /** The only texts that a CHECK constraint lets in. */
  readonly values?: readonly string[];
}

/** The type alone, as a cast wants it. */
export function castType(column: ColumnDescription): string {
  return column.type.replace(' collate "C"', '');
}

export type TableDescription = Readonly<Record<string, ColumnDescription>>;

/**
 * The Kysely type of a table, made from its description. The description is compared with the migrated schema in a
 * test, so a statement that compiles names columns that are there.
 */
export type TableOf<T extends TableDescription> = {
  [N in keyof T]: ColumnType<Read<T[N]>, Insert<T[N]>, Write<T[N]>>;
};

type Null<C extends ColumnDescription> = C extends { nullable: true } ? null : never;
type Optional<C extends ColumnDescription> = C extends { nullable: true } | { default: string } ? undefined : never;
type Read<C extends ColumnDescription> =
  | (C extends { values: readonly (infer V)[] } ? V : SqlValues[C['type']]['read'])
  | Null<C>;
type Write<C extends ColumnDescription> =
  | (C extends { values: readonly (infer V)[] } ? V : SqlValues[C['type']]['write'])
  | Null<C>;
type Insert<C extends ColumnDescription> = Write<C> | Optional<C>;

/** When a row was written and when it was last changed. */
export const timestamps = {
  created_at: { type: 'timestamp(3) with time zone', default: 'now()' },
  updated_at: { type: 'timestamp(3) with time zone', default: 'now()' },
} as const satisfies TableDescription;
