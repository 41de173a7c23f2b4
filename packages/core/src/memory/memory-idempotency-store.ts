import type { IdempotencyState, IdempotencyStore, IdempotentCall, Lease, StoredAnswer } from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { type MemoryState, rowId, type StoredCall } from './memory-state.ts';

export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  begin(
    tenantId: string,
    call: IdempotentCall,
    requestHash: string,
    lease: Lease,
    keepMs: number,
  ): Promise<IdempotencyState> {
    return this.#access.run((state) => {
      const now = this.#access.clock.now();
      const stored = state.idempotencyKeys.get(idOf(tenantId, call));
      if (stored && !isFree(stored, now)) return stateOf(stored, now);
      write(state, {
        tenantId,
        call,
        requestHash,
        lease: { token: lease.token, until: new Date(now + lease.ms) },
        answer: null,
        expiresAt: new Date(now + keepMs),
      });
      return { state: 'begun' };
    });
  }

  finish(tenantId: string, call: IdempotentCall, leaseToken: string, answer: StoredAnswer): Promise<boolean> {
    return this.#access.run((state) => {
      const held = heldCall(state, tenantId, call, leaseToken);
      if (!held) return false;
      const body: unknown = JSON.parse(JSON.stringify(answer.body ?? null)); // as it will be read: a Date is a text then
      write(state, { ...held, lease: null, answer: { ...answer, body } });
      return true;
    });
  }

  release(tenantId: string, call: IdempotentCall, leaseToken: string): Promise<void> {
    return this.#access.run((state) => {
      if (heldCall(state, tenantId, call, leaseToken)) state.idempotencyKeys.delete(idOf(tenantId, call));
    });
  }
}

/** Removes the calls whose time is over. */
export function forgetExpiredCalls(state: MemoryState, now: number): void {
  for (const { tenantId, call, expiresAt } of state.idempotencyKeys.all())
    if (expiresAt.getTime() <= now) state.idempotencyKeys.delete(idOf(tenantId, call));
}

function write(state: MemoryState, stored: StoredCall): void {
  state.idempotencyKeys.set(idOf(stored.tenantId, stored.call), stored);
}

function idOf(tenantId: string, { userId, route, key }: IdempotentCall): string {
  return rowId(tenantId, userId, route, key);
}

function isFree({ lease, expiresAt }: Readonly<StoredCall>, now: number): boolean {
  return expiresAt.getTime() <= now || (lease !== null && lease.until.getTime() <= now);
}

function stateOf({ requestHash, lease, answer }: Readonly<StoredCall>, now: number): IdempotencyState {
  if (answer) return { state: 'finished', requestHash, answer };
  return { state: 'running', requestHash, leaseMs: (lease?.until.getTime() ?? now) - now };
}

function heldCall(
  state: MemoryState,
  tenantId: string,
  call: IdempotentCall,
  leaseToken: string,
): Readonly<StoredCall> | undefined {
  const stored = state.idempotencyKeys.get(idOf(tenantId, call));
  return stored?.lease?.token === leaseToken ? stored : undefined;
}
