import type { Lease, SyncTaskKey } from '@keywright/core';
import { type MemoryState, rowId, type StoredTask } from './memory-state.ts';

export const free = { leaseUntil: null, leaseToken: null };

export const idOf = (task: SyncTaskKey): string => rowId(task.tenantId, task.entity, task.entityId);

export const write = (state: MemoryState, task: StoredTask): void => state.tasks.set(idOf(task), task);

export const isHeld = (task: StoredTask, now: Date): boolean => task.leaseUntil !== null && task.leaseUntil > now;

/** While a task is worked on it is due at the end of its lease; marking it sets an earlier time. */
export const wasMarkedMeanwhile = (task: StoredTask): boolean => task.dueAt.getTime() !== task.leaseUntil?.getTime();

/** Whoever has the token holds the task, also after the lease ran out, until somebody claims it. */
export function heldTask(state: MemoryState, task: SyncTaskKey, leaseToken: string): Readonly<StoredTask> | undefined {
  const found = state.tasks.get(idOf(task));
  return found?.leaseToken === leaseToken ? found : undefined;
}

export function mark(state: MemoryState, key: SyncTaskKey, now: Date, lease?: Lease): boolean {
  const found = state.tasks.get(idOf(key));
  const { tenantId, entity, entityId } = key;
  const fresh = { tenantId, entity, entityId, ...free, lastError: null, unsettledUntil: null, createdAt: now };
  // always before the end of a lease, also of one that ends in this very millisecond: so `finish` sees it
  const dueAt = found?.leaseUntil ? new Date(Math.min(now.getTime(), found.leaseUntil.getTime() - 1)) : now;
  const due = { ...(found ?? fresh), dueAt, attempts: 0, deadAt: null };
  const mayHave = lease !== undefined && (!found || !isHeld(found, now) || found.leaseToken === lease.token);
  if (!mayHave) {
    write(state, due);
    return false;
  }
  const leaseUntil = new Date(now.getTime() + lease.ms);
  write(state, { ...due, dueAt: leaseUntil, leaseUntil, leaseToken: lease.token });
  return true;
}
