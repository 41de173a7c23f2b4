/** One key, with what each side holds under it. */
export interface Pair<A, B> {
  ours: A | undefined;
  theirs: B | undefined;
}

/**
 * Walks two lists in ascending order of their keys side by side, holding one page of each; hands out pairs as many at a
 * time as the pages give. What comes out of order or twice, as pages by offset may have it, is passed over.
 */
export async function* mergePages<A, B>(
  ours: AsyncIterable<A[]>,
  theirs: AsyncIterable<B[]>,
  keyOfOurs: (item: A) => string,
  keyOfTheirs: (item: B) => string,
): AsyncGenerator<Pair<A, B>[]> {
  const left = new Cursor(ours, keyOfOurs);
  const right = new Cursor(theirs, keyOfTheirs);
  try {
    for (;;) {
      await Promise.all([left.fill(), right.fill()]);
      if (left.isOver && right.isOver) return;
      const pairs: Pair<A, B>[] = [];
      while (left.isKnown && right.isKnown && !(left.isOver && right.isOver)) {
        const order = compare(left.key, right.key);
        pairs.push({ ours: order <= 0 ? left.item : undefined, theirs: order >= 0 ? right.item : undefined });
        if (order <= 0) left.advance();
        if (order >= 0) right.advance();
      }
      yield pairs;
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** What has ended comes last. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

/** A place in a list that is read page by page. */
class Cursor<T> {
  readonly #pages: AsyncIterator<T[]>;
  readonly #keyOf: (item: T) => string;
  #page: T[] = [];
  #index = 0;
  #last: string | undefined;
  #hasEnded = false;

  constructor(pages: AsyncIterable<T[]>, keyOf: (item: T) => string) {
    this.#pages = pages[Symbol.asyncIterator]();
    this.#keyOf = keyOf;
  }

  get item(): T | undefined {
    return this.#page[this.#index];
  }

  get key(): string | undefined {
    const { item } = this;
    return item === undefined ? undefined : this.#keyOf(item);
  }

  /** There is no item any more. */
  get isOver(): boolean {
    return this.#hasEnded && this.item === undefined;
  }

  /** Whether it is known what comes next: an item, or nothing. */
  get isKnown(): boolean {
    return this.#hasEnded || this.item !== undefined;
  }

  advance(): void {
    this.#last = this.key ?? this.#last;
    this.#index++;
    this.#passOver();
  }

  /** Reads on until it is known what comes next. */
  async fill(): Promise<void> {
    while (!this.isKnown) {
      const next = await this.#pages.next();
      this.#hasEnded = next.done === true;
      this.#page = next.done ? [] : next.value;
      this.#index = 0;
      this.#passOver();
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  #passOver(): void {
    const last = this.#last;
    if (last === undefined) return;
    for (let key = this.key; key !== undefined && key <= last; key = this.key) this.#index++;
  }
}
