/** Milliseconds between two looks at a clock that may be the test's own. */
const lookMs = 10;

interface Waiter {
  until: number;
  due(): void;
}

/** The proxy's time: a base clock, and what tests have added to it with `advance`. */
export class Clock {
  readonly #base: () => Date;
  #addedMs = 0;
  readonly #waiters = new Set<Waiter>();

  constructor(base: () => Date) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#base().getTime() + this.#addedMs);
  }

  /** Moves the time forward by milliseconds, and ends the waits that are over then. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time only moves forward: advance takes 0 or more milliseconds, got ${ms}`);
    this.#addedMs += ms;
    this.#wake();
  }

  /** Resolves when that many milliseconds have passed on this clock, by themselves or by `advance`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const waiter: Waiter = { until: this.now().getTime() + ms, due: resolve };
      this.#waiters.add(waiter);
      this.#look(waiter);
    });
  }

  #look(waiter: Waiter): void {
    if (!this.#waiters.has(waiter)) return;
    const left = waiter.until - this.now().getTime();
    if (left <= 0) {
      this.#end(waiter);
      return;
    }
    const timer = setTimeout(() => this.#look(waiter), Math.min(Math.max(left, lookMs), 2 ** 31 - 1));
    timer.unref();
  }

  #wake(): void {
    const now = this.now().getTime();
    for (const waiter of this.#waiters) if (waiter.until <= now) this.#end(waiter);
  }

  #end(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.due();
  }
}
