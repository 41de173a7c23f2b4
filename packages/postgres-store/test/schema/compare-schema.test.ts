import { compareSchema, type LiveSchema, type TableDescription } from '@keywright/postgres-store';
import { describe, expect, it } from 'vitest';

const expected = {
  notes: {
    id: { type: 'uuid' },
    text: { type: 'text', nullable: true },
    counted: { type: 'bigint', default: '0' },
  },
} satisfies Record<string, TableDescription>;

const live = (change: Partial<LiveSchema[string]> = {}): LiveSchema => ({
  notes: {
    id: { type: 'uuid', nullable: false, default: null },
    text: { type: 'text', nullable: true, default: null },
    counted: { type: 'bigint', nullable: false, default: '0' },
    ...change,
  },
});

describe('compareSchema', () => {
  it('finds nothing where all is as it should be', () => {
    expect(compareSchema(expected, live())).toEqual([]);
  });

  it('names a table that is missing and one that nobody expects', () => {
    expect(compareSchema(expected, { other: {} })).toEqual([
      { kind: 'missing-table', table: 'notes' },
      { kind: 'unexpected-table', table: 'other' },
    ]);
  });

  it('names a column that is missing and one that nobody expects', () => {
    const { id } = live().notes ?? {};
    if (!id) throw new Error('unreachable');
    const { notes } = live({ added: id });
    const { text: _, ...rest } = notes ?? {};
    expect(compareSchema(expected, { notes: rest })).toEqual([
      { kind: 'missing-column', table: 'notes', column: 'text' },
      { kind: 'unexpected-column', table: 'notes', column: 'added' },
    ]);
  });

  it('names a column of another type, nullability or default, with both', () => {
    const found = compareSchema(expected, live({ counted: { type: 'integer', nullable: true, default: null } }));
    const where = { table: 'notes', column: 'counted' };
    expect(found).toEqual([
      { kind: 'other-type', ...where, expected: 'bigint', found: 'integer' },
      { kind: 'other-nullability', ...where, expected: 'not null', found: 'null' },
      { kind: 'other-default', ...where, expected: '0', found: 'none' },
    ]);
  });
});
