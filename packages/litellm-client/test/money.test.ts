import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromUsdNumber, scaleDecimal, toUsdNumber } from '../src/money.ts';

describe('scaleDecimal', () => {
  test.each([
    ['0.048', 9, 48_000_000n],
    ['1.5e-07', 15, 150_000_000n],
    ['1.5e-7', 15, 150_000_000n],
    ['2E+1', 9, 20_000_000_000n],
    ['0', 9, 0n],
    ['0.0', 9, 0n],
    ['0.0000000004', 9, 0n],
    ['0.0000000005', 9, 1n],
    ['0.14400000000000002', 9, 144_000_000n],
    ['12345678901.123456789', 9, 12_345_678_901_123_456_789n],
    ['0e300', 9, 0n],
    ['9e300', 9, undefined],
    ['-1', 9, undefined],
    ['None', 9, undefined],
    ['NaN', 9, undefined],
    ['', 9, undefined],
    ['1,5', 9, undefined],
  ])('%s at %d places is %s', (value, places, expected) => {
    expect(scaleDecimal(value, places)).toBe(expected);
  });
});

describe('USD as a JSON number', () => {
  test('nano-USD come back unchanged up to four million USD, through JSON', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }), (nano) => {
        expect(fromUsdNumber(JSON.parse(JSON.stringify(toUsdNumber(nano))))).toBe(nano);
      }),
    );
  });

  test('a sum of floats is rounded to the nearest nano-USD', () => {
    expect(fromUsdNumber(0.048 + 0.048 + 0.048)).toBe(144_000_000n);
    expect(fromUsdNumber(0.1 + 0.2)).toBe(300_000_000n);
  });
});
