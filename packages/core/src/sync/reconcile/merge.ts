/** One hash, with what each side holds under it. */
export interface Pair<A, B> {
  ours: A | undefined;
  theirs: B | undefined;
}

/**
 * Walks two lists in ascending order of their keys side by side, in constant memory. What comes out of order or twice,
 * as pages by offset may have it, is passed over.
 */
export async function* mergeByKey<A, B>(
  ours: AsyncIterable<A>,
  theirs: AsyncIterable<B>,
  keyOfOurs: (item: A) => string,
  keyOfTheirs: (item: B) => string,
): AsyncGenerator<Pair<A, B>> {
  const a = ascending(ours, keyOfOurs);
  const b = ascending(theirs, keyOfTheirs);
  try {
    let [left, right] = await Promise.all([a.next(), b.next()]);
    while (!left.done || !right.done) {
      const order = compare(
        left.done ? undefined : keyOfOurs(left.value),
        right.done ? undefined : keyOfTheirs(right.value),
      );
      yield {
        ours: order <= 0 ? (left.value ?? undefined) : undefined,
        theirs: order >= 0 ? (right.value ?? undefined) : undefined,
      };
      if (order <= 0) left = await a.next();
      if (order >= 0) right = await b.next();
    }
  } finally {
    await Promise.all([a.return(undefined), b.return(undefined)]);
  }
}

/** What has ended comes last. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

async function* ascending<T>(items: AsyncIterable<T>, keyOf: (item: T) => string): AsyncGenerator<T, undefined> {
  let last: string | undefined;
  for await (const item of items) {
    const key = keyOf(item);
    if (last !== undefined && key <= last) continue;
    last = key;
    yield item;
  }
}
