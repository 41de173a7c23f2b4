import type { Migration } from '../../src/migrations/migration.ts';
import { migrations } from '../../src/migrations/migrations.ts';

/** The name of the step that only `nextRelease` knows. */
export const notes = `${String(migrations.length + 1).padStart(4, '0')}_notes`;

/** A release that never was: the real steps, and one more. */
export function nextRelease(change: Partial<Migration> = {}): Migration[] {
  const next: Migration = {
    number: migrations.length + 1,
    name: notes,
    breaking: false,
    up: (schema) => [`create table ${schema}.notes (id integer primary key)`],
    down: (schema) => [`drop table ${schema}.notes`],
    ...change,
  };
  return [...migrations, next];
}

/** A release whose step under a number is another than the real one. */
export function changedRelease(number: number): Migration[] {
  return migrations.map((step) =>
    step.number === number ? { ...step, up: (schema) => [...step.up(schema), 'select 1'] } : step,
  );
}
