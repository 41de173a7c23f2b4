import { formatUsd, maxNanoUsd, parseUsd, roundUsd } from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const nanoUsd = fc.bigInt({ min: 0n, max: maxNanoUsd });

describe('money', () => {
  it('reads back what it wrote, whatever the amount', () => {
    fc.assert(fc.property(nanoUsd, (nano) => parseUsd(formatUsd(nano)) === nano));
  });

  it('writes an amount in one way only, without trailing zeros', () => {
    fc.assert(fc.property(nanoUsd, (nano) => /^(0|[1-9]\d*)(\.\d{0,8}[1-9])?$/.test(formatUsd(nano))));
  });

  it.each([
    ['0', 0n],
    ['0.000000001', 1n],
    ['1.5', 1_500_000_000n],
    ['12.50', 12_500_000_000n],
    ['99999999999.999999999', maxNanoUsd],
    [0, 0n],
    [-0, 0n],
    [12.5, 12_500_000_000n],
    [0.1, 100_000_000n],
    [1e-9, 1n],
    [2.5e-8, 25n],
    [1.23e-7, 123n],
    [99_999_999_999, maxNanoUsd - 999_999_999n],
  ])('reads %s', (text, nano) => {
    expect(parseUsd(text)).toBe(nano);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1\n',
    '1.',
    '.5',
    '+1',
    '-1',
    '1,5',
    '1e3',
    '0x10',
    '١',
    'NaN',
    'Infinity',
    '0.0000000001',
    '100000000000',
    0.1 + 0.2,
    1e-10,
    1.5e-9,
    1e21,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('refuses %j, which is no amount of at most nine decimals and eleven digits', (value) => {
    expect(parseUsd(value)).toBeUndefined();
  });

  it('takes a number exactly when its shortest decimal is an amount', () => {
    const numbers = fc.double({ min: 0, max: 1e11, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(numbers, (value) => {
        const nano = parseUsd(value);
        return nano === undefined || Number(formatUsd(nano)) === value;
      }),
    );
  });

  it('takes every whole number of nano-USD below a dollar, also those that print with an exponent', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (nano) => parseUsd(nano / 1e9) === BigInt(nano)));
  });

  it('writes debts with a sign', () => {
    expect(formatUsd(-1_500_000_000n)).toBe('-1.5');
    expect(formatUsd(-1n)).toBe('-0.000000001');
  });

  it('rounds the floats of others to the nearest nano-USD', () => {
    expect(roundUsd(0.1 + 0.2)).toBe(300_000_000n);
    expect(roundUsd(12.345678901)).toBe(12_345_678_901n);
    expect(roundUsd(1.4e-9)).toBe(1n);
    expect(roundUsd(0)).toBe(0n);
    expect(roundUsd(Number.NaN)).toBeUndefined();
    expect(roundUsd(Number.NEGATIVE_INFINITY)).toBeUndefined();
  });
});
