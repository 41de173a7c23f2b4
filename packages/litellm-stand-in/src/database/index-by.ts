/** Rows by the value of one column; rows where it is null are not in it. */
export class Index<Row> {
  readonly #column: (row: Row) => string | null;
  readonly #rows = new Map<string, Set<Row>>();

  constructor(column: (row: Row) => string | null) {
    this.#column = column;
  }

  /** In the order in which they were added. */
  find(value: string): Row[] {
    return [...(this.#rows.get(value) ?? [])];
  }

  add(row: Row): void {
    const value = this.#column(row);
    if (value === null) return;
    const rows = this.#rows.get(value);
    if (rows) rows.add(row);
    else this.#rows.set(value, new Set([row]));
  }

  /** Takes a row out whose column has not changed since it was added. */
  delete(row: Row): void {
    const value = this.#column(row);
    if (value === null) return;
    const rows = this.#rows.get(value);
    rows?.delete(row);
    if (rows?.size === 0) this.#rows.delete(value);
  }
}
