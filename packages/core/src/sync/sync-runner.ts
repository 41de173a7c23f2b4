import { isKeywrightError, type KeywrightError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Stores } from '../storage.ts';
import { countSyncRun } from '../telemetry.ts';
import { type EqualiseParts, equalise } from './equalise.ts';
import type { SyncRetry } from './ports.ts';
import type { SyncTaskKey } from './sync-task.ts';

/**
 * How a run ended. `done`: equal. `later`: not yet; the task stays and is due again. `lost`: someone else holds the
 * task now, nothing was written. `refused`: LiteLLM said no; the task is still held, and the caller decides.
 */
export type SyncRun = { result: 'done' | 'later' | 'lost' } | { result: 'refused'; error: KeywrightError };

const firstRetryMs = 1_000;
const longestRetryMs = 300_000;

/** Runs one leased task: by request, worker, retry and repair alike. There is no other way to LiteLLM. */
export class SyncRunner {
  readonly #parts: EqualiseParts;
  readonly #logger: Logger;

  constructor(parts: EqualiseParts, logger: Logger) {
    this.#parts = parts;
    this.#logger = logger;
  }

  /** @param databaseNow as far as known; the lease's end minus its length, or the app's clock */
  async run(
    task: SyncTaskKey,
    leaseToken: string,
    attempts: number,
    databaseNow: number,
    signal: AbortSignal,
  ): Promise<SyncRun> {
    const run = await this.#run(task, leaseToken, attempts, databaseNow, signal);
    countSyncRun(task.entity, run.result);
    return run;
  }

  async #run(
    task: SyncTaskKey,
    leaseToken: string,
    attempts: number,
    databaseNow: number,
    signal: AbortSignal,
  ): Promise<SyncRun> {
    const { storage } = this.#parts;
    try {
      const ending = await equalise(this.#parts, task, databaseNow, signal);
      if (ending.kind === 'wait') {
        return this.#later(task, leaseToken, { afterMs: ending.ms, error: ending.reason, failed: false });
      }
      if (ending.kind === 'unsettled') return this.#failed(task, leaseToken, attempts, ending.error, true);
      return await storage.transaction((stores) => finish(stores, task, leaseToken, ending.record));
    } catch (error) {
      if (isKeywrightError(error, 'gateway_refused')) return { result: 'refused', error };
      if (isKeywrightError(error, 'storage_unavailable')) throw error;
      return this.#failed(task, leaseToken, attempts, error, false);
    }
  }

  #failed(
    task: SyncTaskKey,
    leaseToken: string,
    attempts: number,
    error: unknown,
    isUnsettled: boolean,
  ): Promise<SyncRun> {
    const message = isKeywrightError(error) ? error.message : 'it failed unexpectedly; the log has the cause';
    this.#logger.warn('LiteLLM could not be made equal yet', { ...task, attempts: attempts + 1, error: String(error) });
    const unsettled = isUnsettled ? { unsettledMs: this.#parts.lateCommitMs } : {};
    return this.#later(task, leaseToken, { afterMs: backoffMs(attempts), error: message, failed: true, ...unsettled });
  }

  async #later(task: SyncTaskKey, leaseToken: string, again: SyncRetry): Promise<SyncRun> {
    return { result: (await this.#parts.storage.syncTasks.retryLater(task, leaseToken, again)) ? 'later' : 'lost' };
  }

  /** What the worker does with a refusal, when nobody waits any more who could be told. */
  async bury(task: SyncTaskKey, leaseToken: string, error: KeywrightError): Promise<void> {
    await this.#parts.storage.transaction(async (stores) => {
      await lockRow(stores, task);
      if (!(await stores.syncTasks.bury(task, leaseToken, error.message))) return;
      if (task.entity === 'key') await stores.keys.recordSync(task.tenantId, task.entityId, 'error', error.message);
      if (task.entity === 'team') await stores.tenants.recordSync(task.tenantId, 'error', error.message);
      if (task.entity === 'user') {
        await stores.users.recordSync(task.tenantId, task.entityId, { status: 'error', error: error.message });
      }
    });
    this.#logger.error('LiteLLM refuses; an operator must retry', { ...task, error: error.message });
  }
}

async function finish(
  stores: Stores,
  task: SyncTaskKey,
  leaseToken: string,
  record: (stores: Stores) => Promise<unknown>,
): Promise<SyncRun> {
  await lockRow(stores, task);
  const finished = await stores.syncTasks.finish(task, leaseToken);
  if (finished === 'lost') return { result: 'lost' };
  if (finished === 'due-again') return { result: 'later' };
  await record(stores);
  return { result: 'done' };
}

/** Every change locks the row before its task; whoever did it the other way round would wait for ever. */
async function lockRow(stores: Stores, task: SyncTaskKey): Promise<void> {
  switch (task.entity) {
    case 'key':
      await stores.keys.lock({ tenantId: task.tenantId }, task.entityId);
      return;
    case 'user':
      await stores.users.lock(task.tenantId, task.entityId);
      return;
    case 'team':
      await stores.tenants.lock(task.tenantId);
  }
}

/** Doubles from one second to five minutes; a random half of it, so that nodes do not come back together. */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts, 20));
  return Math.round(longest * (0.5 + random() / 2));
}
