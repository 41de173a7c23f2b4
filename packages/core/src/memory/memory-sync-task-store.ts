import {
  type ClaimedSyncTask,
  type Lease,
  type Page,
  type PageRequest,
  type SyncEntity,
  type SyncQueue,
  type SyncRetry,
  type SyncSummary,
  type SyncTask,
  type SyncTaskKey,
  type SyncTaskStore,
  uuidv7,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { markKeysOf } from './memory-mark-keys.ts';
import { pageOf } from './memory-page.ts';
import type { StoredTask } from './memory-state.ts';
import { free, heldTask, idOf, isHeld, mark, wasMarkedMeanwhile, write } from './memory-sync-tasks.ts';

export class MemorySyncTaskStore implements SyncTaskStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  mark(tenantId: string, entity: SyncEntity, entityId: string, lease?: Lease): Promise<boolean> {
    return this.#access.run((state) => mark(state, { tenantId, entity, entityId }, this.#now(), lease));
  }

  markKeysOf(tenantId: string, parent: { subscriptionId?: string; userId?: string }): Promise<number> {
    return this.#access.run((state) => markKeysOf(state, tenantId, parent, this.#now()));
  }

  finish(task: SyncTaskKey, leaseToken: string): Promise<'done' | 'due-again' | 'lost'> {
    return this.#access.run((state) => {
      const held = heldTask(state, task, leaseToken);
      if (!held) return 'lost';
      if (wasMarkedMeanwhile(held)) {
        write(state, { ...held, ...free });
        return 'due-again';
      }
      if (held.unsettledUntil && held.unsettledUntil > this.#now()) {
        write(state, { ...held, ...free, dueAt: held.unsettledUntil });
        return 'due-again';
      }
      state.tasks.delete(idOf(held));
      return 'done';
    });
  }

  retryLater(task: SyncTaskKey, leaseToken: string, again: SyncRetry): Promise<boolean> {
    return this.#access.run((state) => {
      const held = heldTask(state, task, leaseToken);
      if (!held) return false;
      const now = this.#now().getTime();
      const attempts = held.attempts + (again.failed ? 1 : 0);
      // what was marked meanwhile is due already, with no attempts behind it
      const next = wasMarkedMeanwhile(held) ? {} : { dueAt: new Date(now + again.afterMs), attempts };
      const unsettledUntil = again.unsettledMs === undefined ? held.unsettledUntil : new Date(now + again.unsettledMs);
      write(state, { ...held, ...free, ...next, lastError: again.error, unsettledUntil });
      return true;
    });
  }

  bury(task: SyncTaskKey, leaseToken: string, error: string): Promise<boolean> {
    return this.#access.run((state) => {
      const held = heldTask(state, task, leaseToken);
      if (!held) return false;
      const deadAt = wasMarkedMeanwhile(held) ? null : this.#now();
      write(state, { ...held, ...free, lastError: error, deadAt });
      return true;
    });
  }

  retry(tenantId: string, entity: SyncEntity, entityId: string): Promise<boolean> {
    return this.#access.run((state) => {
      const task = { tenantId, entity, entityId };
      const isThere = state.tasks.get(idOf(task)) !== undefined;
      if (isThere) mark(state, task, this.#now());
      return isThere;
    });
  }

  list(tenantId: string, page: PageRequest): Promise<Page<SyncTask>> {
    return this.#access.run((state) => {
      const tasks = state.tasks.all().filter((task) => task.tenantId === tenantId);
      const position = (task: SyncTask) => ({ createdAt: task.createdAt, id: `${task.entity}/${task.entityId}` });
      return pageOf(tasks.map(withoutToken), page, position);
    });
  }

  summary(tenantId: string): Promise<SyncSummary> {
    return this.#access.run((state) =>
      summaryOf(
        state.tasks.all().filter((task) => task.tenantId === tenantId),
        this.#now(),
      ),
    );
  }

  #now(): Date {
    return new Date(this.#access.clock.now());
  }
}

export class MemorySyncQueue implements SyncQueue {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  claim(limit: number, leaseMs: number): Promise<ClaimedSyncTask[]> {
    return this.#access.run((state) => {
      const now = new Date(this.#access.clock.now());
      const leaseUntil = new Date(now.getTime() + leaseMs);
      const due = state.tasks
        .all()
        .filter((task) => task.deadAt === null && task.dueAt <= now && !isHeld(task, now))
        .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
      return due.slice(0, limit).map((task) => {
        const claimed = { ...task, dueAt: leaseUntil, leaseUntil, leaseToken: uuidv7(now.getTime()) };
        write(state, claimed);
        return claimed;
      });
    });
  }

  summary(): Promise<SyncSummary> {
    return this.#access.run((state) => summaryOf(state.tasks.all(), new Date(this.#access.clock.now())));
  }
}

function withoutToken({ leaseToken: _, unsettledUntil: __, ...task }: Readonly<StoredTask>): SyncTask {
  return task;
}

function summaryOf(tasks: readonly StoredTask[], now: Date): SyncSummary {
  const pending = tasks.filter((task) => task.deadAt === null);
  const ages = pending.map((task) => now.getTime() - task.createdAt.getTime());
  const oldestSeconds = pending.length > 0 ? Math.floor(Math.max(...ages) / 1000) : null;
  const lastError = tasks.findLast((task) => task.lastError !== null)?.lastError ?? null;
  return { pending: pending.length, dead: tasks.length - pending.length, oldestSeconds, lastError };
}
