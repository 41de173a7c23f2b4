import type { Clock } from './clock.ts';
import { type Logger, messageOf } from './logger.ts';

/** Work that is repeated: the next round begins a while after the last one ended, however that went. */
export class Rounds {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #running = new Map<string, { cancel: () => void }>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The first round begins after `everyMs`. Starting what runs already changes nothing. */
  start(what: string, everyMs: number, work: () => Promise<void>): void {
    if (this.#running.has(what)) return;
    const run = { cancel: () => {} };
    this.#running.set(what, run);
    const schedule = () => {
      run.cancel = this.#clock.after(everyMs, () => void round());
    };
    const round = async () => {
      try {
        await work();
      } catch (error) {
        this.#logger.error(`${what} failed and will be tried again`, {
          error: messageOf(error),
        });
      }
      if (this.#running.get(what) === run) schedule(); // else it was stopped, and perhaps started anew
    };
    schedule();
  }

  stop(): void {
    for (const { cancel } of this.#running.values()) cancel();
    this.#running.clear();
  }
}
