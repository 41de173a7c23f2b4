import { type ApiKey, formatUsd, type IdempotentCall, type SyncTaskKey } from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { secretsOf } from './memory-api-key-issue.ts';
import { type MemoryState, type MemoryTable, rowId } from './memory-state.ts';

/**
 * What no port shows or moves, for tests: switches users off, lets time pass for a task, reads a row as it is stored.
 * Fits `StorageOutside` of `@keywright/core/testing`.
 */
export class MemoryOutside {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  /** Lets time pass for a task: its due time, lease end and creation move `ms` into the past. */
  ageTask(task: SyncTaskKey, ms: number): Promise<void> {
    return this.#access.run((state) =>
      change(state.tasks, rowId(task.tenantId, task.entity, task.entityId), (row) => ({
        ...row,
        dueAt: earlier(row.dueAt, ms),
        createdAt: earlier(row.createdAt, ms),
        leaseUntil: row.leaseUntil && earlier(row.leaseUntil, ms),
        unsettledUntil: row.unsettledUntil && earlier(row.unsettledUntil, ms),
      })),
    );
  }

  /** Moves the `mintingSince` of a secret `ms` into the past. */
  shiftMintingSince(keyHash: string, ms: number): Promise<void> {
    return this.#access.run((state) =>
      change(state.secrets, keyHash, (row) => ({
        ...row,
        mintingSince: row.mintingSince && earlier(row.mintingSince, ms),
      })),
    );
  }

  /** Lets time pass for a call with an idempotency key: the end of its lease and of its time move `ms` into the past. */
  ageIdempotentCall(tenantId: string, { userId, route, key }: IdempotentCall, ms: number): Promise<void> {
    return this.#access.run((state) =>
      change(state.idempotencyKeys, rowId(tenantId, userId, route, key), (row) => ({
        ...row,
        lease: row.lease && { ...row.lease, until: earlier(row.lease.until, ms) },
        expiresAt: earlier(row.expiresAt, ms),
      })),
    );
  }

  /** Writes the time of creation. The id of a task is `entity/entityId`. */
  setCreatedAt(
    row: 'tenant' | 'user' | 'subscription' | 'key' | 'audit' | 'task',
    tenantId: string,
    id: string,
    at: Date,
  ): Promise<void> {
    const written = <Row extends object>(stored: Row) => ({ ...stored, createdAt: at });
    return this.#access.run((state) => {
      switch (row) {
        case 'tenant':
          return change(state.tenants, tenantId, written);
        case 'user':
          return change(state.users, rowId(tenantId, id), written);
        case 'subscription':
          return change(state.subscriptions, id, written);
        case 'key':
          return change(state.keys, id, written);
        case 'audit':
          return change(state.audit, id, written);
        case 'task': {
          const [entity = '', ...rest] = id.split('/');
          return change(state.tasks, rowId(tenantId, entity, rest.join('/')), written);
        }
      }
    });
  }

  setTenantActive(tenantId: string, isActive: boolean): Promise<void> {
    return this.#access.run((state) => change(state.tenants, tenantId, (row) => ({ ...row, isActive })));
  }

  setUserActive(tenantId: string, userId: string, isActive: boolean): Promise<void> {
    return this.#access.run((state) => change(state.users, rowId(tenantId, userId), (row) => ({ ...row, isActive })));
  }

  /** Writes `revokedAt`, as an import from another system does. */
  revokeKey(tenantId: string, id: string, at: Date): Promise<void> {
    return this.#access.run((state) => {
      if (state.key(tenantId, id)) change(state.keys, id, (row) => ({ ...row, revokedAt: at }));
    });
  }

  /** A key as it is stored. Undefined when the row is not there. */
  rawKey(tenantId: string, id: string) {
    return this.#access.run((state) => {
      const key = state.key(tenantId, id);
      return key && rawKey(state, key);
    });
  }
}

function rawKey(state: MemoryState, key: Readonly<ApiKey>) {
  const { name, models, maxBudget, expiresAt, metadata } = key;
  const maxBudgetUsd = maxBudget === null ? null : formatUsd(maxBudget);
  return { name, models, maxBudgetUsd, expiresAt, metadata, secrets: secretsOf(state, key.id).length };
}

const earlier = (date: Date, ms: number): Date => new Date(date.getTime() - ms);

function change<Row extends object>(table: MemoryTable<Row>, id: string, changed: (row: Readonly<Row>) => Row): void {
  const row = table.get(id);
  if (row) table.set(id, changed(row));
}
