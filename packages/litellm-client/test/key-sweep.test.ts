import { hashSecret } from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeyList, listAnswer } from '../src/key-answers.ts';
import { sweepKeys } from '../src/key-sweep.ts';
import { collect } from './helpers/collect.ts';

/** /key/list of LiteLLM in the order of hashes; what happens between two pages is told beforehand. */
class List {
  rows: { token: string }[] = [];
  pages = 0;
  #made = 0;

  constructor(size: number) {
    for (let index = 0; index < size; index++) this.create();
  }

  /** Anywhere in the order. */
  create() {
    this.#made += 1;
    this.rows.push({ token: hashSecret(String(this.#made)) });
    this.rows.sort((a, b) => (a.token < b.token ? -1 : 1));
  }

  delete(index: number, count: number) {
    if (this.rows.length > 0) this.rows.splice(index % this.rows.length, count);
  }

  read(page: number, size: number) {
    this.pages += 1;
    const keys = this.rows.slice((page - 1) * size, page * size);
    const total_pages = Math.ceil(this.rows.length / size);
    return listAnswer.parse({ keys, total_count: this.rows.length, current_page: page, total_pages });
  }
}

async function swept(read: (page: number, size: number) => Promise<KeyList>): Promise<string[]> {
  return tokens((await collect(sweepKeys(read))).flat());
}

const tokens = (rows: readonly { token: string }[]) => rows.map((row) => row.token);

type Event = { kind: 'create'; count: number } | { kind: 'delete'; index: number; count: number };
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('create'), count: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ kind: fc.constant('delete'), index: fc.nat(600), count: fc.integer({ min: 1, max: 150 }) }),
);

function happen(list: List, one: Event) {
  if (one.kind === 'delete') list.delete(one.index, one.count);
  else for (let made = 0; made < one.count; made++) list.create();
}

describe('a sweep of all keys', () => {
  test('gives every key that is there all the time, and none twice, whatever is created and deleted meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 550 }),
        fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 12 }),
        async (size, between) => {
          const list = new List(size);
          const staying = new Set(tokens(list.rows));
          const seen = await swept(async (page, size) => {
            const answer = list.read(page, size);
            for (const one of between[list.pages - 1] ?? []) happen(list, one);
            const now = new Set(tokens(list.rows));
            for (const token of staying) if (!now.has(token)) staying.delete(token);
            return answer;
          });
          expect(seen).toEqual([...seen].sort());
          expect(new Set(seen).size).toBe(seen.length);
          expect([...staying].filter((token) => !seen.includes(token))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([0, 1, 99, 100, 101, 250])('of %i keys gives them all', async (size) => {
    const list = new List(size);
    expect(await swept(async (page, pageSize) => list.read(page, pageSize))).toEqual(tokens(list.rows));
  });

  test('reads little twice: ten thousand keys in less than a fifth more pages than there are', async () => {
    const list = new List(0);
    list.rows = Array.from({ length: 10_000 }, (_, index) => ({ token: index.toString(16).padStart(64, '0') }));
    expect(await swept(async (page, size) => list.read(page, size))).toHaveLength(10_000);
    expect(list.pages).toBeLessThan(120);
  });

  test('asks for the next page only when the one before has been used', async () => {
    const list = new List(250);
    const sweep = sweepKeys(async (page, size) => list.read(page, size));
    await sweep.next();
    expect(list.pages).toBe(1);
    await sweep.next();
    expect(list.pages).toBe(2);
  });

  test('ends with an error, not early, when a page stays empty that should not be', async () => {
    const list = new List(250);
    const read = async (page: number, size: number) => {
      const answer = list.read(page, size);
      return page < 3 ? answer : { ...answer, keys: [] };
    };
    await expect(swept(read)).rejects.toMatchObject({ reason: 'inconsistent_pages', refused: false });
  });

  test('ends with an error, not early, when a page is shorter than the total allows', async () => {
    const list = new List(50);
    const read = async (page: number, size: number) => ({ ...list.read(page, size), total_count: 51 });
    await expect(swept(read)).rejects.toMatchObject({ reason: 'inconsistent_pages' });
  });

  test('ends with the error of the page that failed', async () => {
    const list = new List(250);
    const failure = new Error('page 2');
    const read = (page: number, size: number) =>
      page === 2 ? Promise.reject(failure) : Promise.resolve(list.read(page, size));
    await expect(swept(read)).rejects.toBe(failure);
  });
});
