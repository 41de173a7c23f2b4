import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../src/errors/retry-after.ts';

const now = Date.parse('2026-11-21T06:00:00Z');

test.each([
  ['60', 60],
  ['0', 0],
  ['1.2', 2],
  ['Sat, 21 Nov 2026 06:01:30 GMT', 90],
  ['Sat, 21 Nov 2026 05:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['', null],
  [null, null],
  [undefined, null],
])('retry-after %j means %j seconds', (value, seconds) => {
  expect(retryAfterSeconds(value, now)).toBe(seconds);
});
