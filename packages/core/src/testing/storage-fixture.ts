import type { IdempotentCall, Storage, SyncTaskKey } from '@keywright/core';
import { afterAll, beforeAll, describe } from 'vitest';

/**
 * What lies behind a storage, for tests alone: it lets them see what was really stored, and lets time pass for a row
 * instead of sleeping.
 */
export interface StorageOutside {
  /** Lets time pass for a task: its due time, lease end and creation move `ms` into the past. */
  ageTask(task: SyncTaskKey, ms: number): Promise<void>;
  /** Moves the `mintingSince` of a secret `ms` into the past. */
  shiftMintingSince(keyHash: string, ms: number): Promise<void>;
  /** Lets time pass for a call with an idempotency key: the end of its lease and of its time move `ms` into the past. */
  ageIdempotentCall(tenantId: string, call: IdempotentCall, ms: number): Promise<void>;
  /** Writes the time of creation. The id of a task is `entity/entityId`. */
  setCreatedAt(row: OutsideRow, tenantId: string, id: string, at: Date): Promise<void>;
  setTenantActive(tenantId: string, isActive: boolean): Promise<void>;
  setUserActive(tenantId: string, userId: string, isActive: boolean): Promise<void>;
  /** Writes `revokedAt`, as an import from another system does. */
  revokeKey(tenantId: string, id: string, at: Date): Promise<void>;
  /** A key as it is stored, read without the store. Undefined when the row is not there. */
  rawKey(tenantId: string, id: string): Promise<RawKey | undefined>;
}

export type OutsideRow = 'tenant' | 'user' | 'subscription' | 'key' | 'audit' | 'task';

export interface RawKey {
  name: string;
  models: string[] | null;
  /** USD as a decimal, such as the database prints it: `0.000000001`. */
  maxBudgetUsd: string | null;
  expiresAt: Date | null;
  metadata: Record<string, unknown>;
  /** How many secrets the key has. */
  secrets: number;
}

/** A storage that was opened for a suite. It need not be empty: suites use tenants of their own. */
export interface OpenedStorage {
  storage: Storage;
  outside: StorageOutside;
  close(): Promise<void>;
}

export type OpenStorage = () => Promise<OpenedStorage>;

/** What the tests of a suite get: filled before the first of them runs. */
export type StorageFixture = Pick<OpenedStorage, 'storage' | 'outside'>;

/** Starting a database takes seconds. */
const openTimeoutMs = 120_000;

/** Opens a storage once for the suite that is being described, and closes it after. */
export function openedOnce(open: OpenStorage): StorageFixture {
  let opened: OpenedStorage | undefined;
  const get = (): OpenedStorage => {
    if (!opened) throw new Error('The storage is opened before the tests run; use it within `it` alone.');
    return opened;
  };
  beforeAll(async () => {
    opened = await open();
  }, openTimeoutMs);
  afterAll(() => opened?.close(), openTimeoutMs);
  return {
    get storage() {
      return get().storage;
    },
    get outside() {
      return get().outside;
    },
  };
}

/** Makes a contract usable on its own: `describeUserStore('my store', open)`. */
export function suiteOf(port: string, contract: (fixture: StorageFixture) => void) {
  return (name: string, open: OpenStorage): void => {
    describe(`${name}: ${port}`, () => contract(openedOnce(open)));
  };
}
