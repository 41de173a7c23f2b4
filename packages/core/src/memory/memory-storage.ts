import { type Clock, type Storage, type Stores, systemClock } from '@keywright/core';
import { type MemoryAccess, Mutex, sharedAccess, transactionAccess } from './memory-access.ts';
import { MemoryApiKeyStore } from './memory-api-key-store.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryIdempotencyStore } from './memory-idempotency-store.ts';
import { MemoryOutside } from './memory-outside.ts';
import { MemoryState } from './memory-state.ts';
import { MemorySubscriptionStore } from './memory-subscription-store.ts';
import { MemorySyncTaskStore } from './memory-sync-task-store.ts';
import { MemoryTenantStore } from './memory-tenant-store.ts';
import { MemoryUnscopedStore } from './memory-unscoped-store.ts';
import { MemoryUsageStore } from './memory-usage-store.ts';
import { MemoryUserStore } from './memory-user-store.ts';

export interface MemoryStorageOptions {
  /** Where times of creation, leases and due times come from. Default: the machine's clock. */
  clock?: Clock;
}

export interface MemoryStorage extends Storage {
  /** What no port shows or moves, for tests. */
  outside: MemoryOutside;
}

/**
 * A storage that lives in memory and ends with the process: for unit tests and trials, on one node. It behaves as the
 * one on PostgreSQL does (the same contract tests it), but transactions take turns, and everything else waits while
 * one is open.
 */
export function createMemoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const { clock = systemClock } = options;
  const state = new MemoryState();
  const mutex = new Mutex();
  const access = sharedAccess(state, clock, mutex);
  return {
    ...storesOn(access),
    unscoped: new MemoryUnscopedStore(access),
    outside: new MemoryOutside(access),
    transaction: (work) => mutex.run(() => transact(state, clock, work)),
    check: async () => {},
  };
}

async function transact<T>(state: MemoryState, clock: Clock, work: (stores: Stores) => Promise<T>): Promise<T> {
  const rollBack = state.snapshot();
  const { access, end } = transactionAccess(state, clock);
  try {
    return await work(storesOn(access));
  } catch (error) {
    rollBack();
    throw error;
  } finally {
    end();
  }
}

function storesOn(access: MemoryAccess): Stores {
  return {
    tenants: new MemoryTenantStore(access),
    users: new MemoryUserStore(access),
    subscriptions: new MemorySubscriptionStore(access),
    keys: new MemoryApiKeyStore(access),
    audit: new MemoryAuditStore(access),
    syncTasks: new MemorySyncTaskStore(access),
    usage: new MemoryUsageStore(access),
    idempotency: new MemoryIdempotencyStore(access),
  };
}
