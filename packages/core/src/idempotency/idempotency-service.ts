import { randomUUID } from 'node:crypto';
import { KeywrightError } from '../errors.ts';
import { type Logger, messageOf, silentLogger } from '../logger.ts';
import type { Storage } from '../storage.ts';
import type { IdempotentCall, StoredAnswer } from './ports.ts';

/** A call with an `Idempotency-Key`. */
export interface IdempotentRequest extends IdempotentCall {
  tenantId: string;
  /** A hash of all that decides the answer: two calls with one key must not differ in it. */
  requestHash: string;
}

const keptMs = 24 * 3_600_000;

/** Answers a call that is repeated with the answer of the first. */
export class IdempotencyService {
  readonly #storage: Storage;
  readonly #leaseMs: number;
  readonly #logger: Logger;

  /** @param leaseMs how long a call may take; a repetition of one that died waits as long */
  constructor(parts: { storage: Storage; leaseMs: number; logger?: Logger }) {
    this.#storage = parts.storage;
    this.#leaseMs = parts.leaseMs;
    this.#logger = parts.logger ?? silentLogger;
  }

  /**
   * Runs `work` once for a key, and keeps what `toStore` makes of its answer for 24 hours. What it makes undefined of
   * (a failure of ours), and what throws, is forgotten, so that it can be tried again.
   *
   * Throws `idempotency_conflict` (the key was used for another call) and `idempotency_in_progress` (the first one still
   * runs).
   */
  async run<T>(
    { tenantId, requestHash, ...call }: IdempotentRequest,
    work: () => Promise<T>,
    toStore: (answer: T) => StoredAnswer | undefined,
  ): Promise<{ replayed: false; answer: T } | { replayed: true; answer: StoredAnswer }> {
    const store = this.#storage.idempotency;
    const lease = { token: randomUUID(), ms: this.#leaseMs };
    const found = await store.begin(tenantId, call, requestHash, lease, keptMs);
    if (found.state !== 'begun') {
      if (found.requestHash !== requestHash) throw conflict();
      if (found.state === 'finished') return { replayed: true, answer: found.answer };
      throw inProgress(found.leaseMs);
    }
    let kept: StoredAnswer | undefined;
    try {
      const answer = await work();
      kept = toStore(answer);
      return { replayed: false, answer };
    } finally {
      // not awaited to fail the call: it was carried out, and its lease ends by itself
      const ended = kept ? store.finish(tenantId, call, lease.token, kept) : store.release(tenantId, call, lease.token);
      await ended.catch((error: unknown) => {
        const { userId, route } = call;
        this.#logger.error('An answer to an Idempotency-Key is not kept', {
          tenantId,
          userId,
          route,
          error: messageOf(error),
        });
      });
    }
  }
}

function conflict(): KeywrightError {
  const message = 'This Idempotency-Key was used for another request: take a new key for each request.';
  return new KeywrightError('idempotency_conflict', message);
}

function inProgress(leaseMs: number): KeywrightError {
  const message = 'The first request with this Idempotency-Key is still running: repeat it later.';
  const retryAfterSeconds = Math.max(1, Math.min(5, Math.ceil(leaseMs / 1000)));
  return new KeywrightError('idempotency_in_progress', message, { retryAfterSeconds });
}
