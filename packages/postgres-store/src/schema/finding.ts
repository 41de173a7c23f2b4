type Part = 'index' | 'constraint' | 'trigger';

/** What can be found wrong with a schema. */
export type SchemaFindingKind =
  | `${'missing' | 'unexpected'}-${'table' | 'column' | Part}`
  | 'other-type'
  | 'other-nullability'
  | 'other-default'
  /** The definition differs. */
  | `other-${Part}`
  /** An index that was not built to its end. */
  | 'invalid-index'
  /** A constraint that old rows may break. */
  | 'unvalidated-constraint'
  | 'disabled-trigger';

/** What can be found wrong with a database. */
export type DatabaseFindingKind =
  | SchemaFindingKind
  | 'old-server'
  | 'clock-skew'
  | 'pending-migrations'
  | 'newer-schema'
  | 'refused-schema';

/** Something that is not as this release expects it. */
export interface Finding<Kind extends DatabaseFindingKind = DatabaseFindingKind> {
  kind: Kind;
  /** `note`: works all the same. */
  level: 'problem' | 'note';
  /** Null when it is about no table. */
  table: string | null;
  /** Of the column, index, constraint or trigger; null when it is about the table as a whole. */
  name: string | null;
  /** Null: it should not be there. */
  expected: string | null;
  /** Null: it is not there. */
  found: string | null;
  /** What to run or to do. SQL ends with a semicolon. */
  remedy: string;
}

export type SchemaFinding = Finding<SchemaFindingKind>;
export type DatabaseFinding = Finding;
