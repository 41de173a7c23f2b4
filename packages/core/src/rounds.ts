import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** Work that is repeated: the next round begins a while after the last one ended, however that went. */
export class Rounds {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #next = new Map<string, () => void>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The first round begins after `everyMs`. Starting what runs already changes nothing. */
  start(what: string, everyMs: number, work: () => Promise<void>): void {
    if (this.#next.has(what)) return;
    const schedule = () =>
      this.#next.set(
        what,
        this.#clock.after(everyMs, () => void round()),
      );
    const round = async () => {
      try {
        await work();
      } catch (error) {
        this.#logger.error(`${what} failed and will be tried again`, {
          error: error instanceof Error ? error.message : String(error),
        });
      }
      if (this.#next.has(what)) schedule();
    };
    schedule();
  }

  stop(): void {
    for (const cancel of this.#next.values()) cancel();
    this.#next.clear();
  }
}
