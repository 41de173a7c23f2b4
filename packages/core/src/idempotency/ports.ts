import type { Lease } from '../sync/sync-task.ts';

/** What names a call that may be repeated: a key that the caller chose, for one route and one user. */
export interface IdempotentCall {
  userId: string;
  /** Such as `POST /api-keys`. */
  route: string;
  /** The `Idempotency-Key`. */
  key: string;
}

/** An answer as it was given, without the secret. */
export interface StoredAnswer {
  status: number;
  /** Plain JSON. Never a secret. */
  body: unknown;
}

/** How a call with an idempotency key stands. `requestHash` is that of the call that took the key. */
export type IdempotencyState =
  /** The caller holds it now, and must end it with `finish` or `release`. */
  | { state: 'begun' }
  /** Somebody else holds it, for so long at most. */
  | { state: 'running'; requestHash: string; leaseMs: number }
  | { state: 'finished'; requestHash: string; answer: StoredAnswer };

/** Answers to calls that carry an `Idempotency-Key`, for as long as a repetition may come. Times are the database's. */
export interface IdempotencyStore {
  /**
   * Takes the key for a call, when nobody holds it, when its holder's lease ran out, or when its time is over. One
   * statement. Kept for `keepMs` from now.
   */
  begin(
    tenantId: string,
    call: IdempotentCall,
    requestHash: string,
    lease: Lease,
    keepMs: number,
  ): Promise<IdempotencyState>;
  /** Keeps the answer. False when the lease was lost. */
  finish(tenantId: string, call: IdempotentCall, leaseToken: string, answer: StoredAnswer): Promise<boolean>;
  /** Forgets the call, so that it can be tried again. Nothing when the lease was lost. */
  release(tenantId: string, call: IdempotentCall, leaseToken: string): Promise<void>;
}
