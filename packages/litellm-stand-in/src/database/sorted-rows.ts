/** Rows in an order that never changes for a row: sorted once, when first asked for, and kept sorted from then on. */
export class SortedRows<Row> {
  readonly #compare: (a: Row, b: Row) => number;
  #rows: Row[] | undefined;

  /** @param compare 0 for one and the same row alone. */
  constructor(compare: (a: Row, b: Row) => number) {
    this.#compare = compare;
  }

  /** Every row of the table in order; not to be changed. */
  of(table: ReadonlyMap<string, Row>): readonly Row[] {
    this.#rows ??= [...table.values()].sort(this.#compare);
    return this.#rows;
  }

  add(row: Row): void {
    this.#rows?.splice(this.#place(this.#rows, row), 0, row);
  }

  delete(row: Row): void {
    this.#rows?.splice(this.#place(this.#rows, row), 1);
  }

  /** Where a row is, or belongs. */
  #place(rows: readonly Row[], row: Row): number {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = rows[middle];
      if (other !== undefined && this.#compare(other, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
