import type { Clock } from '../clock.ts';
import type { UnscopedStore } from '../storage.ts';
import type { Caller } from './verify.ts';

const rewriteAfterMs = 60_000;

/**
 * When keys were last used, collected in memory and written together, so that a verify writes nothing. A key's first
 * use is written at the next flush, later ones about once a minute. A crash loses what is not written yet.
 */
export class LastUsed {
  readonly #store: Pick<UnscopedStore, 'recordLastUsed'>;
  readonly #clock: Clock;
  #waiting = new Map<string, { tenantId: string; at: number }>();
  /** When a key's time was last written, for keys written within the last minute. */
  readonly #written = new Map<string, number>();

  constructor(store: Pick<UnscopedStore, 'recordLastUsed'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  note(caller: Caller, nowMs: number): void {
    const waiting = this.#waiting.get(caller.keyId);
    if (waiting) waiting.at = nowMs;
    else this.#waiting.set(caller.keyId, { tenantId: caller.tenantId, at: nowMs });
  }

  /**
   * Writes what is due, or all of it. When the store fails, the times are kept for the next flush, and the error is
   * thrown.
   */
  async flush(which: 'due' | 'all' = 'due'): Promise<void> {
    const now = this.#clock.now();
    for (const [keyId, at] of this.#written) if (now - at >= rewriteAfterMs) this.#written.delete(keyId);
    const due = [...this.#waiting].filter(([keyId]) => which === 'all' || !this.#written.has(keyId));
    if (due.length === 0) return;
    for (const [keyId] of due) this.#waiting.delete(keyId);
    try {
      await this.#store.recordLastUsed(due.map(([keyId, { tenantId, at }]) => ({ tenantId, keyId, at: new Date(at) })));
      for (const [keyId] of due) this.#written.set(keyId, now);
    } catch (error) {
      for (const [keyId, use] of due) if (!this.#waiting.has(keyId)) this.#waiting.set(keyId, use);
      throw error;
    }
  }
}
