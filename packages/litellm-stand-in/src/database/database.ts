import { emptyState, type State } from '../state.ts';
import { readStateFile, writeStateFile } from '../state-file.ts';

/** A database that several proxies may share, kept in a file if asked to. */
export class Database {
  state: State;
  readonly #file: string | undefined;

  /** @throws RangeError when the file holds something else. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.state = file === undefined ? emptyState() : readStateFile(file);
  }

  empty(): void {
    this.state = emptyState();
    this.keep();
  }

  /** Writes the file, if there is one. */
  keep(): void {
    if (this.#file !== undefined) writeStateFile(this.#file, this.state);
  }
}
