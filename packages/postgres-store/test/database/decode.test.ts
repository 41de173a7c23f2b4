import { anActiveKey, anOwner, nastyTexts } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTextArray, poolTypes } from '../../src/database/decode.ts';
import { fromUsd, toUsd } from '../../src/database/values.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describe('decoding', () => {
  it.each([
    ['{}', []],
    ['{a}', ['a']],
    ['{a,b c,d}', ['a', 'b c', 'd']],
    ['{"a,b","c\\"d","e\\\\f",g,""}', ['a,b', 'c"d', 'e\\f', 'g', '']],
    ['{"NULL",null_,"{x}"}', ['NULL', 'null_', '{x}']],
    ['{plain,"🦊"}', ['plain', '🦊']],
    ['{"",""}', ['', '']],
  ])('reads the array %s', (text, items) => {
    expect(decodeTextArray(text)).toEqual(items);
  });

  it.each([
    ['2030-01-31 12:00:00+00', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31 12:00:00.1+00', '2030-01-31T12:00:00.100Z'],
    ['2030-01-31 12:00:00.123+05:30', '2030-01-31T06:30:00.123Z'],
    ['2030-01-31 12:00:00.123-08', '2030-01-31T20:00:00.123Z'],
    ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  ])('reads the time %s', (text, iso) => {
    expect(poolTypes.getTypeParser(1184)(text)).toEqual(new Date(iso));
  });

  it('refuses a time in another style than ISO instead of guessing', () => {
    expect(() => poolTypes.getTypeParser(1184)('31.01.2030 12:00:00 CET')).toThrow(/DateStyle/);
  });

  it.each([0n, 1n, 999_999_999n, 1_500_000_000n, 99_999_999_999_999_999_999n, -1n, -2_500_000_000n])(
    'keeps %d nano-USD exactly',
    (nano) => {
      const [whole = '', fraction = ''] = toUsd(nano).split('.');
      expect(fromUsd(`${whole}.${fraction.padEnd(9, '0')}`)).toBe(nano);
    },
  );
});

describePostgres('a host that changed the parsers of its driver for all', () => {
  let database: TestDatabase;
  const changed = [16, 20, 23, 1184, 1700, 3802] as const;
  const before = changed.map((oid) => pg.types.getTypeParser(oid));
  beforeAll(async () => {
    database = await createDatabase();
    for (const oid of changed) pg.types.setTypeParser(oid, () => 'changed by the host');
  });
  afterAll(async () => {
    for (const [index, oid] of changed.entries()) pg.types.setTypeParser(oid, before[index] ?? String);
    await database.drop();
  });

  it('gets the same values from the stores, in any time zone of the session', async () => {
    const pool = database.pool();
    await migrate({ pool }).up();
    const india = new pg.Pool({ database: database.name, options: '-c timezone=Asia/Kolkata' });
    const storages = [pool, india].map((each) => createPostgresStorage({ pool: each }));
    const [storage] = storages;
    if (!storage) throw new Error('unreachable');
    const owner = await anOwner(storage);
    const input = {
      maxBudget: 99_999_999_999_999_999_999n,
      quotaLimit: Number.MAX_SAFE_INTEGER,
      expiresAt: new Date('2030-06-07T08:09:10.011Z'),
      models: [...nastyTexts],
      metadata: { a: [1, { b: null }] },
    };
    const key = await anActiveKey(storage, owner, input);
    for (const each of storages) {
      const found = await each.keys.find({ tenantId: owner.tenantId }, key.id);
      expect(found?.key).toEqual(key);
      expect(found?.key).toMatchObject({ ...input, isActive: true, version: key.version });
      expect((await each.unscoped.findBySecretHash(key.keyHash))?.key).toMatchObject({ maxBudget: input.maxBudget });
    }
    await india.end();
  });
});
