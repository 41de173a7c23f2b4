import type { KeyRow } from '../keys/key-row.ts';
import { Index } from './index-by.ts';
import { ResultCache } from './result-cache.ts';
import { SortedRows } from './sorted-rows.ts';

/** LiteLLM_VerificationToken: keys by token, with the indexes that keep a look-up or a page cheap among 100,000 rows. */
export class KeyTable {
  readonly #rows = new Map<string, KeyRow>();
  readonly #byAlias = new Index<KeyRow>((row) => row.fields.key_alias);
  readonly #byUser = new Index<KeyRow>((row) => row.fields.user_id);
  readonly #byTeam = new Index<KeyRow>((row) => row.fields.team_id);
  readonly #byCreation = new SortedRows<KeyRow>(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.token < b.token ? -1 : a.token > b.token ? 1 : 0),
  );
  /** Sorted and filtered views, thrown away when a row changes. */
  readonly views = new ResultCache<KeyRow>();

  get(token: string): KeyRow | undefined {
    return this.#rows.get(token);
  }

  has(token: string): boolean {
    return this.#rows.has(token);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Oldest first, by token among those of the same instant. */
  byCreation(): readonly KeyRow[] {
    return this.#byCreation.of(this.#rows);
  }

  /** In the order in which they were added. */
  values(): IterableIterator<KeyRow> {
    return this.#rows.values();
  }

  withAlias(alias: string): readonly KeyRow[] {
    return this.#byAlias.find(alias);
  }

  ofUser(userId: string): readonly KeyRow[] {
    return this.#byUser.find(userId);
  }

  ofTeam(teamId: string): readonly KeyRow[] {
    return this.#byTeam.find(teamId);
  }

  /** Adds a row whose token is not there yet. */
  add(row: KeyRow): void {
    this.#rows.set(row.token, row);
    for (const index of this.#indexes()) index.add(row);
    this.#byCreation.add(row);
    this.views.clear();
  }

  delete(row: KeyRow): void {
    this.#rows.delete(row.token);
    this.#byCreation.delete(row);
    for (const index of this.#indexes()) index.delete(row);
    this.views.clear();
  }

  /** Changes a row in place; every change of a column that can be listed, sorted or filtered goes through here. */
  change(row: KeyRow, apply: (row: KeyRow) => void): void {
    for (const index of this.#indexes()) index.delete(row);
    try {
      apply(row);
    } finally {
      for (const index of this.#indexes()) index.add(row);
      this.views.clear();
    }
  }

  #indexes(): Index<KeyRow>[] {
    return [this.#byAlias, this.#byUser, this.#byTeam];
  }
}
