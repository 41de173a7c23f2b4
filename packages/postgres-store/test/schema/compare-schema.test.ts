import { compareSchema, type ExpectedSchema, type LiveSchema, type LiveTable } from '@keywright/postgres-store';
import { describe, expect, it } from 'vitest';

const expected: ExpectedSchema = {
  notes: {
    columns: {
      id: { type: 'uuid' },
      text: { type: 'text', nullable: true },
      counted: { type: 'bigint', default: '0' },
    },
    indexes: { notes_list: 'USING btree (text)', notes_one: 'UNIQUE USING btree (counted) WHERE (id IS NOT NULL)' },
    constraints: {
      notes_pkey: 'PRIMARY KEY (id)',
      notes_fkey: 'FOREIGN KEY (id) REFERENCES others(id) ON DELETE CASCADE',
    },
    triggers: { notes_trigger: 'CREATE TRIGGER notes_trigger BEFORE UPDATE ON notes EXECUTE FUNCTION refuse()' },
  },
};

const part = (definition: string, isValid = true) => ({ definition, isValid });

const live = (change: Partial<LiveTable> = {}): LiveSchema => ({
  notes: {
    isPartitioned: false,
    columns: {
      id: { type: 'uuid', nullable: false, default: null },
      text: { type: 'text', nullable: true, default: null },
      counted: { type: 'bigint', nullable: false, default: '0' },
    },
    indexes: {
      notes_list: part('USING btree (text)'),
      notes_one: part('UNIQUE USING btree (counted) WHERE (id IS NOT NULL)'),
    },
    constraints: {
      notes_pkey: part('PRIMARY KEY (id)'),
      notes_fkey: part('FOREIGN KEY (id) REFERENCES others(id) ON DELETE CASCADE'),
    },
    triggers: { notes_trigger: part('CREATE TRIGGER notes_trigger BEFORE UPDATE ON notes EXECUTE FUNCTION refuse()') },
    ...change,
  },
});

/** The table as it should be. */
const { notes: sound } = live();
if (!sound) throw new Error('unreachable');

const compare = (change: Partial<LiveTable>) => compareSchema(expected, live(change), 'mine');
const inNotes = (kind: string, name: string) => ({ kind, table: 'notes', name });

describe('compareSchema', () => {
  it('finds nothing where all is as it should be', () => {
    expect(compare({})).toEqual([]);
  });

  it('names a table that is missing, and one that nobody expects as a note', () => {
    expect(compareSchema(expected, { other: sound })).toMatchObject([
      { kind: 'missing-table', level: 'problem', table: 'notes', name: null, found: null },
      { kind: 'unexpected-table', level: 'note', table: 'other', name: null, expected: null },
    ]);
  });

  it('names a column that is missing, with the statement that makes it', () => {
    const { counted: _, ...columns } = sound.columns;
    const declared = 'bigint not null default 0';
    const remedy = `alter table mine.notes add column counted ${declared};`;
    const found = { level: 'problem', expected: declared, found: null, remedy };
    expect(compare({ columns })).toEqual([{ ...inNotes('missing-column', 'counted'), ...found }]);
  });

  it.each([
    ['a note', { type: 'text', nullable: true, default: null }, 'note'],
    ['a note', { type: 'text', nullable: false, default: "''::text" }, 'note'],
    ['a problem when it lets no row in', { type: 'text', nullable: false, default: null }, 'problem'],
  ])('names a column that nobody expects: %s', (_, added, level) => {
    const found = compare({ columns: { ...sound.columns, added } });
    expect(found).toMatchObject([{ ...inNotes('unexpected-column', 'added'), level, expected: null }]);
  });

  it('names a column of another type, nullability or default, with both and the statement that mends it', () => {
    const counted = { type: 'integer', nullable: true, default: null };
    const text = { type: 'text', nullable: false, default: "''::text" };
    const change = (rest: string) => `alter table mine.notes alter column ${rest};`;
    expect(compare({ columns: { ...sound.columns, counted, text } })).toEqual(
      [
        ['other-nullability', 'text', 'null', 'not null', 'text drop not null'],
        ['other-default', 'text', 'none', "''::text", 'text drop default'],
        ['other-type', 'counted', 'bigint', 'integer', 'counted type bigint'],
        ['other-nullability', 'counted', 'not null', 'null', 'counted set not null'],
        ['other-default', 'counted', '0', 'none', 'counted set default 0'],
      ].map(([kind, name, wanted, found, rest = '']) => ({
        ...{ kind, level: 'problem', table: 'notes', name, expected: wanted, found },
        remedy: change(rest),
      })),
    );
  });

  it.each([
    [
      'indexes',
      'missing-index',
      'notes_list',
      'create index concurrently notes_list on mine.notes USING btree (text);',
    ],
    [
      'indexes',
      'missing-index',
      'notes_one',
      'create unique index concurrently notes_one on mine.notes USING btree (counted) WHERE (id IS NOT NULL);',
    ],
    [
      'constraints',
      'missing-constraint',
      'notes_fkey',
      'alter table mine.notes add constraint notes_fkey FOREIGN KEY (id) REFERENCES mine.others(id) ON DELETE CASCADE;',
    ],
    [
      'triggers',
      'missing-trigger',
      'notes_trigger',
      'CREATE TRIGGER notes_trigger BEFORE UPDATE ON mine.notes EXECUTE FUNCTION mine.refuse();',
    ],
  ] as const)(
    'names what is missing among the %s (%s %s), with the statement that makes it',
    (parts, kind, name, remedy) => {
      const { [name]: gone, ...rest } = sound[parts];
      const found = { level: 'problem', expected: gone?.definition, found: null, remedy };
      expect(compare({ [parts]: rest })).toEqual([{ ...inNotes(kind, name), ...found }]);
    },
  );

  it.each([
    ['indexes', 'invalid-index', 'notes_list', 'reindex index concurrently mine.notes_list;'],
    ['constraints', 'unvalidated-constraint', 'notes_fkey', 'alter table mine.notes validate constraint notes_fkey;'],
    ['triggers', 'disabled-trigger', 'notes_trigger', 'alter table mine.notes enable trigger notes_trigger;'],
  ] as const)('names what does not work among the %s (%s)', (parts, kind, name, remedy) => {
    const broken = { ...sound[parts], [name]: part(sound[parts][name]?.definition ?? '', false) };
    expect(compare({ [parts]: broken })).toMatchObject([{ ...inNotes(kind, name), level: 'problem', remedy }]);
  });

  it.each([
    ['indexes', 'other-index', 'notes_list', 'drop index concurrently mine.notes_list; create index'],
    ['constraints', 'other-constraint', 'notes_fkey', 'alter table mine.notes drop constraint notes_fkey; alter table'],
    ['triggers', 'other-trigger', 'notes_trigger', 'drop trigger notes_trigger on mine.notes; CREATE TRIGGER'],
  ] as const)('names what is defined in another way among the %s', (parts, kind, name, remedy) => {
    const changed = { ...sound[parts], [name]: part('something else') };
    expect(compare({ [parts]: changed })).toMatchObject([
      {
        ...{ ...inNotes(kind, name), level: 'problem', found: 'something else' },
        ...{ expected: sound[parts][name]?.definition, remedy: expect.stringContaining(remedy) },
      },
    ]);
  });

  it.each([
    ['indexes', 'unexpected-index'],
    ['constraints', 'unexpected-constraint'],
    ['triggers', 'unexpected-trigger'],
  ] as const)('names what nobody expects among the %s as a note, also when it does not work', (parts, kind) => {
    const found = compare({ [parts]: { ...sound[parts], mine: part('my own', false) } });
    expect(found).toMatchObject([{ ...inNotes(kind, 'mine'), level: 'note', expected: null, found: 'my own' }]);
  });

  it('writes no "concurrently" for a partitioned table, on which PostgreSQL refuses it', () => {
    const [found] = compare({ isPartitioned: true, indexes: { notes_one: part('', false) } });
    expect(found?.remedy).toBe('create index notes_list on mine.notes USING btree (text);');
  });
});
