import { KeywrightError } from '@keywright/core';
import { checksumOf, type Migration } from './migration.ts';

/** A step as a database notes it. */
export interface AppliedMigration {
  number: number;
  name: string;
  checksum: string;
  breaking: boolean;
  appliedAt: Date;
}

/** How a database stands to the steps of this release. */
export interface MigrationStatus {
  /** Oldest first. */
  applied: AppliedMigration[];
  /** Names of the steps that are still to come, oldest first. */
  pending: string[];
  /** Names of applied steps that this release does not know: a newer one was here. Oldest first. */
  newer: string[];
  /** Why this release must not touch the schema; undefined when it may. */
  refusal: string | undefined;
}

/** Pure: the steps of this release and the rows of `schema_migrations` decide alone. */
export function compareMigrations(known: readonly Migration[], applied: AppliedMigration[]): MigrationStatus {
  const rows = applied.toSorted((a, b) => a.number - b.number);
  const newer = rows.filter((row) => row.number > known.length);
  const pending = known.filter(({ number }) => !rows.some((row) => row.number === number));
  return {
    applied: rows,
    pending: pending.map(({ name }) => name),
    newer: newer.map(({ name }) => name),
    refusal: changedStep(known, rows) ?? gap(pending, rows) ?? breakingStep(newer),
  };
}

/** The steps that lead up to number `to`, or to the newest. Throws `schema_mismatch` when the schema is refused. */
export function stepsUp(known: readonly Migration[], status: MigrationStatus, to = known.length): Migration[] {
  refuse(status);
  return known.filter(({ name, number }) => status.pending.includes(name) && number <= to);
}

/** How far down: to number `to`, which stays, or a number of steps. */
export type DownTarget = { to: number; steps?: never } | { steps: number; to?: never };

/** The steps to undo, newest first. Throws `schema_mismatch`, also for steps that only a newer release can undo. */
export function stepsDown(known: readonly Migration[], status: MigrationStatus, target: DownTarget): Migration[] {
  refuse(status);
  const [newest] = status.newer.slice(-1);
  if (newest) throw mismatch(`${newest} is of a newer release of Keywright: only that release can undo it.`);
  const applied = known.filter(({ name }) => !status.pending.includes(name)).toReversed();
  return target.to === undefined ? applied.slice(0, target.steps) : applied.filter(({ number }) => number > target.to);
}

export function refuse(status: MigrationStatus): void {
  if (status.refusal !== undefined) throw mismatch(status.refusal);
}

function mismatch(message: string): KeywrightError {
  return new KeywrightError('schema_mismatch', message);
}

function changedStep(known: readonly Migration[], rows: readonly AppliedMigration[]): string | undefined {
  for (const row of rows) {
    const step = known.find(({ number }) => number === row.number);
    if (step && (step.name !== row.name || checksumOf(step) !== row.checksum)) {
      return `Migration ${row.name} is not the one that the database took: its checksum is another. Use the release that the database was made with, or a newer one.`;
    }
  }
  return undefined;
}

function gap(pending: readonly Migration[], rows: readonly AppliedMigration[]): string | undefined {
  const newest = rows.at(-1);
  const missing = pending.find(({ number }) => newest !== undefined && number < newest.number);
  return missing && `Migration ${missing.name} is missing though ${newest?.name} was applied.`;
}

function breakingStep(newer: readonly AppliedMigration[]): string | undefined {
  const step = newer.find(({ breaking }) => breaking);
  return step && `A newer release of Keywright changed the schema in a breaking way (${step.name}). Update this one.`;
}
