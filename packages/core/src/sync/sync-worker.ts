import { type Clock, withDeadline } from '../clock.ts';
import { type Logger, messageOf } from '../logger.ts';
import type { Storage } from '../storage.ts';
import type { SyncRunner } from './sync-runner.ts';
import type { ClaimedSyncTask } from './sync-task.ts';

export interface SyncWorkerOptions {
  /** Tasks worked on at once. Default 10. */
  concurrency: number;
  /** How long a claimed task is ours. Longer than `deadlineMs`, so that no two nodes work on one. */
  leaseMs: number;
  /** After which an attempt is given up. */
  deadlineMs: number;
  /** Between two looks at an empty queue. Default 1000. */
  pollMs: number;
}

/** Finishes what requests left: claims due tasks and runs them, on every node that is started. */
export class SyncWorker {
  readonly #storage: Storage;
  readonly #runner: SyncRunner;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #options: SyncWorkerOptions;
  #stopped = true;
  #loop: Promise<void> | undefined;
  #wake: () => void = () => {};

  constructor(
    parts: { storage: Storage; runner: SyncRunner; clock: Clock; logger: Logger },
    options: SyncWorkerOptions,
  ) {
    this.#storage = parts.storage;
    this.#runner = parts.runner;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#options = options;
  }

  /** Runs all that is due now, and what becomes due by it. Returns how many tasks were run. */
  async runDue(): Promise<number> {
    let count = 0;
    for (;;) {
      const tasks = await this.#storage.unscoped.syncQueue.claim(this.#options.concurrency, this.#options.leaseMs);
      if (tasks.length === 0) return count;
      count += tasks.length;
      const results = await Promise.allSettled(tasks.map((task) => this.#run(task)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
  }

  async #run(task: ClaimedSyncTask): Promise<void> {
    const databaseNow = task.leaseUntil ? task.leaseUntil.getTime() - this.#options.leaseMs : this.#clock.now();
    const { tenantId, entity, entityId, leaseToken, attempts } = task;
    const key = { tenantId, entity, entityId };
    const run = await withDeadline(this.#clock, this.#options.deadlineMs, (signal) =>
      this.#runner.run(key, leaseToken, attempts, databaseNow, signal),
    );
    if (run.result === 'refused') await this.#runner.bury(key, leaseToken, run.error);
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#loop = this.#loop?.then(() => this.#poll()) ?? this.#poll(); // never two loops, however soon it starts again
  }

  /** Looks at the queue now instead of at the next poll. */
  kick(): void {
    this.#wake();
  }

  /** Resolves when what is being run has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        await this.runDue();
      } catch (error) {
        this.#logger.error('The sync worker failed and will go on', {
          error: messageOf(error),
        });
      }
      if (this.#stopped) return;
      const cancel = this.#clock.after(this.#options.pollMs, this.#wake);
      await woken;
      cancel();
    }
  }
}
