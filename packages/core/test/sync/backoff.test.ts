import { expect, it } from 'vitest';
import { backoffMs } from '../../src/sync/sync-runner.ts';

it('doubles from one second to five minutes, at most, however often it failed', () => {
  const longest = Array.from({ length: 12 }, (_, attempts) => backoffMs(attempts, () => 1));
  expect(longest).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000));
  expect(backoffMs(1_000_000, () => 1)).toBe(300_000);
});

it('spreads nodes over the second half of the time', () => {
  expect(backoffMs(3, () => 0)).toBe(4_000);
  expect(backoffMs(3, () => 0.5)).toBe(6_000);
});
