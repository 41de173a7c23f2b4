import { type Logger, messageOf } from './logger.ts';

/** Work that goes on after an answer was given. `close()` waits for it; a failure is logged, because nobody else sees it. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  run(what: string, work: () => Promise<unknown>): void {
    const running: Promise<void> = work()
      .then(
        () => {},
        (error: unknown) => {
          this.#logger.error(`${what} failed`, { error: messageOf(error) });
        },
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
