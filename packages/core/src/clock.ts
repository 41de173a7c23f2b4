/**
 * Where core gets the time from, so that tests can drive it. Leases and due times of sync tasks do not use it:
 * those use the database's clock, because several nodes must agree on them.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A signal that aborts `ms` milliseconds from now, or as soon as `outer` does. Call `clear` when the work is done. */
export function deadline(clock: Clock, ms: number, outer?: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const clear = clock.after(ms, () => controller.abort(new Error(`no answer within ${ms} ms`)));
  const signal = outer ? AbortSignal.any([controller.signal, outer]) : controller.signal;
  return { signal, clear };
}
