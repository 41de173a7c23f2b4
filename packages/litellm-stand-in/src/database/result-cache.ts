/** Views kept at most; the oldest goes first. */
const mostViews = 16;

/** Results of queries over one table, so that the pages of a list share one sort. */
export class ResultCache<Row> {
  readonly #views = new Map<string, readonly Row[]>();

  /** What the query gave last, or what `find` gives now. The name must say everything that the result depends on. */
  of(name: string, find: () => readonly Row[]): readonly Row[] {
    const kept = this.#views.get(name);
    if (kept) return kept;
    const found = find();
    const oldest = this.#views.keys().next().value;
    if (this.#views.size >= mostViews && oldest !== undefined) this.#views.delete(oldest);
    this.#views.set(name, found);
    return found;
  }

  /** Forgets every result: the table has changed. */
  clear(): void {
    this.#views.clear();
  }
}
