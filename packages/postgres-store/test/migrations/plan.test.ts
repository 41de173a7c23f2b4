import { describe, expect, it } from 'vitest';
import { checksumOf, type Migration } from '../../src/migrations/migration.ts';
import { migrations } from '../../src/migrations/migrations.ts';
import { compareMigrations, stepsDown, stepsUp } from '../../src/migrations/plan.ts';
import { nextRelease, notes } from './releases.ts';

const rowsOf = (steps: readonly Migration[]) =>
  steps.map((step) => ({
    number: step.number,
    name: step.name,
    checksum: checksumOf(step),
    breaking: step.breaking,
    appliedAt: new Date(),
  }));
const names = (steps: readonly Migration[]) => steps.map(({ name }) => name);

describe('the list of steps', () => {
  it('is numbered from 1 without gaps, and names carry the number', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    for (const { number, name } of migrations) expect(name).toMatch(new RegExp(`^${String(number).padStart(4, '0')}_`));
  });

  it('puts the schema into every statement that names a table', () => {
    const statements = migrations.flatMap(({ up, down }) => [...up('a_schema'), ...down('a_schema')]);
    for (const text of statements) expect(text).toContain('a_schema.');
  });

  it('has the checksums that were released', () => {
    expect(
      Object.fromEntries(migrations.map((step) => [step.name, checksumOf(step).slice(0, 16)])),
    ).toMatchInlineSnapshot(`
      {
        "0001_tenants_users_subscriptions": "a6d5f1ebd82fd060",
        "0002_api_keys": "f7462eed4d9a97a2",
        "0003_sync_tasks": "252314b752165e77",
        "0004_audit_logs": "b8ac575e729c3e3f",
        "0005_usage_events": "a284b10e96a166ab",
        "0006_rotation": "e7610529319681fe",
        "0007_audit_append_only": "6c28177a990834d9",
        "0008_idempotency_keys": "b26d425adf6b0024",
        "0009_reconcile_runs": "b8eb485b0b6fada4",
        "0010_list_indexes": "566326b0c0bc6788",
      }
    `);
  });
});

describe('what is to be done', () => {
  it('is everything on an empty database, and nothing on one that is up to date', () => {
    expect(names(stepsUp(migrations, compareMigrations(migrations, [])))).toEqual(names(migrations));
    expect(stepsUp(migrations, compareMigrations(migrations, rowsOf(migrations)))).toEqual([]);
  });

  it('ends at the number that is asked for', () => {
    const status = compareMigrations(migrations, rowsOf(migrations.slice(0, 1)));
    expect(names(stepsUp(migrations, status, 3))).toEqual(['0002_api_keys', '0003_sync_tasks']);
    expect(stepsUp(migrations, status, 1)).toEqual([]);
  });

  it('is undone newest first, by steps or to a number', () => {
    const status = compareMigrations(migrations, rowsOf(migrations));
    expect(names(stepsDown(migrations, status, { steps: 2 }))).toEqual(names(migrations.slice(-2).toReversed()));
    const to = migrations.length - 1;
    expect(names(stepsDown(migrations, status, { to }))).toEqual(names(migrations.slice(-1)));
    expect(stepsDown(migrations, status, { to: 0 })).toHaveLength(migrations.length);
    expect(stepsDown(migrations, status, { steps: 0 })).toEqual([]);
  });

  it('is refused when a newer release changed the schema in a breaking way', () => {
    const status = compareMigrations(migrations, rowsOf(nextRelease({ breaking: true })));
    expect(() => stepsUp(migrations, status)).toThrow(new RegExp(`newer release.*${notes}`));
    expect(() => stepsDown(migrations, status, { steps: 1 })).toThrow(/newer release/);
  });

  it('goes on when a newer release changed it in another way, but undoes nothing then', () => {
    const status = compareMigrations(migrations, rowsOf(nextRelease()));
    expect(status.newer).toEqual([notes]);
    expect(stepsUp(migrations, status)).toEqual([]);
    expect(() => stepsDown(migrations, status, { steps: 1 })).toThrow(`${notes} is of a newer release`);
  });

  it('is refused with the name of a step that is not the one that was applied', () => {
    const [first, second, ...rest] = rowsOf(migrations);
    if (!first || !second) throw new Error('unreachable');
    const changed = compareMigrations(migrations, [first, { ...second, checksum: 'other' }, ...rest]);
    expect(() => stepsUp(migrations, changed)).toThrow(/0002_api_keys.*checksum/);
    const renamed = compareMigrations(migrations, [first, { ...second, name: '0002_other' }, ...rest]);
    expect(() => stepsUp(migrations, renamed)).toThrow(/0002_other/);
  });

  it('is refused with the name of a step that was left out', () => {
    const status = compareMigrations(migrations, rowsOf(migrations.filter(({ number }) => number !== 2)));
    expect(() => stepsUp(migrations, status)).toThrow(`0002_api_keys is missing though ${migrations.at(-1)?.name}`);
  });
});
