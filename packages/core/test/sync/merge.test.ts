import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeByKey } from '../../src/sync/reconcile/merge.ts';

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function merged(ours: readonly string[], theirs: readonly string[]) {
  const pairs: { ours: string | undefined; theirs: string | undefined }[] = [];
  const same = (text: string) => text;
  for await (const pair of mergeByKey(from(ours), from(theirs), same, same)) pairs.push(pair);
  return pairs;
}

it('names every key of either list once, in order, with what each list holds of it', async () => {
  const lists = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(lists, lists, async (a, b) => {
      const [ours, theirs] = [a.toSorted(), b.toSorted()];
      const all = [...new Set([...ours, ...theirs])].toSorted();
      const expected = all.map((key) => ({
        ours: ours.includes(key) ? key : undefined,
        theirs: theirs.includes(key) ? key : undefined,
      }));
      expect(await merged(ours, theirs)).toEqual(expected);
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
      for (;;) yield String(read++).padStart(9, '0');
    } finally {
      ended++;
    }
  }
  const same = (text: string) => text;
  for await (const { ours } of mergeByKey(endless(), from(['000000000']), same, same)) if (ours === '000000003') break;
  expect(read).toBeLessThan(7);
  expect(ended).toBe(1);
});
