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

/** Gives `work` a signal that aborts `ms` milliseconds from now. The work itself decides how it then ends. */
export async function withDeadline<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const clear = clock.after(ms, () => controller.abort(new Error(`no answer within ${ms} ms`)));
  try {
    return await work(controller.signal);
  } finally {
    clear();
  }
}
