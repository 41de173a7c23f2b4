import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergePages } from '../../src/sync/reconcile/merge.ts';

/** Pages of this size, with an empty one now and then. */
async function* pagesOf<T>(items: readonly T[], size: number): AsyncGenerator<T[]> {
  for (let from = 0; from < items.length; from += size) {
    yield items.slice(from, from + size);
    if (from % 2 === 0) yield [];
  }
}

async function merged(ours: readonly string[], theirs: readonly string[], size = 2) {
  const pairs: { ours: string | undefined; theirs: string | undefined }[] = [];
  const same = (text: string) => text;
  for await (const some of mergePages(pagesOf(ours, size), pagesOf(theirs, size + 1), same, same)) pairs.push(...some);
  return pairs;
}

it('names every key of either list once, in order, with what each list holds of it', async () => {
  const lists = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(lists, lists, fc.integer({ min: 1, max: 5 }), async (a, b, size) => {
      const [ours, theirs] = [a.toSorted(), b.toSorted()];
      const all = [...new Set([...ours, ...theirs])].toSorted();
      const expected = all.map((key) => ({
        ours: ours.includes(key) ? key : undefined,
        theirs: theirs.includes(key) ? key : undefined,
      }));
      expect(await merged(ours, theirs, size)).toEqual(expected);
    }),
  );
});

it('passes over what comes twice or too late, as pages by offset may have it', async () => {
  expect(await merged(['a', 'b'], ['a', 'a', 'c', 'b', 'd'])).toEqual([
    { ours: 'a', theirs: 'a' },
    { ours: 'b', theirs: undefined },
    { ours: undefined, theirs: 'c' },
    { ours: undefined, theirs: 'd' },
  ]);
});

it('reads no further than it is asked, and ends both lists when it is left', async () => {
  let read = 0;
  let ended = 0;
  async function* endless() {
    try {
      for (;;) yield [String(read++).padStart(9, '0')];
    } finally {
      ended++;
    }
  }
  const same = (text: string) => text;
  let seen = 0;
  for await (const _ of mergePages(endless(), pagesOf(['000000000'], 1), same, same)) if (++seen === 4) break;
  expect(read).toBeLessThan(7);
  expect(ended).toBe(1);
});
