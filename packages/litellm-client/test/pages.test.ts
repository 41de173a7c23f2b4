import { describe, expect, test } from 'vitest';
import { walkPages } from '../src/pages.ts';
import { collect } from './helpers/collect.ts';

const rowsOf = (length: number) => Array.from({ length }, (_, index) => index);

function pagesOf(rows: readonly number[], more: { total?: number | null; capped?: boolean } = {}) {
  const read: number[] = [];
  return {
    read,
    page: async (page: number) => {
      read.push(page);
      return { rows: rows.slice((page - 1) * 10, page * 10), total: rows.length, ...more };
    },
  };
}

describe('walking over the pages of a list', () => {
  test.each([0, 1, 9, 10, 11, 30])('gives all %i rows, and reads no page in vain', async (size) => {
    const { read, page } = pagesOf(rowsOf(size));
    expect(await collect(walkPages(10, page))).toEqual(rowsOf(size));
    expect(read).toHaveLength(Math.max(1, Math.ceil(size / 10)));
  });

  test('takes a list without a total for one page', async () => {
    const { read, page } = pagesOf(rowsOf(10), { total: null });
    expect(await collect(walkPages(10, page))).toHaveLength(10);
    expect(read).toEqual([1]);
  });

  test('goes on beyond a total at which LiteLLM stopped counting', async () => {
    const { page } = pagesOf(rowsOf(35), { total: 20, capped: true });
    expect(await collect(walkPages(10, page))).toHaveLength(35);
  });

  test('ends with an error when the total falls: rows slipped past it', async () => {
    const totals = [30, 29];
    const page = async (number: number) => ({ rows: rowsOf(10), total: totals[number - 1] ?? 0 });
    await expect(collect(walkPages(10, page))).rejects.toMatchObject({
      reason: 'inconsistent_pages',
      message: expect.stringContaining('fell from 30 to 29'),
    });
  });

  test('ends with an error when the list ends before its total', async () => {
    const { page } = pagesOf(rowsOf(15), { total: 40 });
    await expect(collect(walkPages(10, page))).rejects.toMatchObject({
      reason: 'inconsistent_pages',
      message: expect.stringContaining('15 of 40'),
    });
  });
});
