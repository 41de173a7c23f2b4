import type { Clock } from '@keywright/core';

interface Timer {
  at: number;
  run: () => void;
}

/**
 * A clock that stands still until a test moves it. What was asked for by `after` runs while the clock is moved past
 * it, in the order of its times, and sees its own time as `now()`.
 */
export class FixedClock implements Clock {
  #now: number;
  #timers = new Set<Timer>();

  /** @param start defaults to 2030-01-01T00:00:00Z */
  constructor(start: Date | string = '2030-01-01T00:00:00Z') {
    this.#now = new Date(start).getTime();
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait: 0 when everything that was started has been stopped. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves the clock on by milliseconds. */
  advance(ms: number): void {
    this.set(new Date(this.#now + ms));
  }

  /** Moves the clock to a moment. Moving it back runs nothing. */
  set(date: Date | string): void {
    const target = new Date(date).getTime();
    for (let timer = this.#nextUntil(target); timer; timer = this.#nextUntil(target)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
    }
    this.#now = target;
  }

  #nextUntil(target: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= target && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
