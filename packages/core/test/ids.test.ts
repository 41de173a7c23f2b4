import { isUuid, uuidv7, uuidv7Time } from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('uuidv7', () => {
  it('is a UUID of version 7 and variant 10 that holds its time', () => {
    fc.assert(
      fc.property(time, (ms) => {
        const id = uuidv7(ms);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(isUuid(id)).toBe(true);
        expect(uuidv7Time(id)).toBe(ms);
        expect(uuidv7Time(id.toUpperCase())).toBe(ms);
      }),
    );
  });

  it('sorts as text in the order of time', () => {
    fc.assert(fc.property(time, time, (a, b) => a === b || uuidv7(a) < uuidv7(b) === a < b));
  });

  it('sorts as text in the order of making within one millisecond', () => {
    const ids = Array.from({ length: 1000 }, () => uuidv7(1_900_000_000_000));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('cannot be guessed from the one before', () => {
    const steps = Array.from({ length: 100 }, () =>
      [uuidv7(0), uuidv7(0)].map((id) => BigInt(`0x${id.slice(19).replace('-', '')}`)),
    );
    expect(new Set(steps.map(([a = 0n, b = 0n]) => b - a)).size).toBe(100);
  });

  it('never comes twice, also within one millisecond', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => uuidv7(0))).size).toBe(10_000);
  });
});

describe('isUuid', () => {
  it('takes the form of a UUID, whatever the case', () => {
    fc.assert(fc.property(fc.uuid(), (id) => isUuid(id) && isUuid(id.toUpperCase())));
  });

  it.each(['', 'x', '0190f5a4', '0190f5a4-0000-7000-8000-00000000000g', '{0190f5a4-0000-7000-8000-000000000000}'])(
    'refuses %j',
    (text) => {
      expect(isUuid(text)).toBe(false);
    },
  );

  it('refuses what stands around a UUID', () => {
    const id = uuidv7(0);
    for (const text of [` ${id}`, `${id}\n`, `${id} `, id.replaceAll('-', '')]) expect(isUuid(text)).toBe(false);
  });
});
