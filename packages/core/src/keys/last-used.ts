import type { UnscopedStore } from '../storage.ts';
import type { Caller } from './verify.ts';

/**
 * When keys were last used, collected in memory and written together, so that a verify writes nothing. A crash loses
 * at most the times since the last flush.
 */
export class LastUsed {
  readonly #store: Pick<UnscopedStore, 'recordLastUsed'>;
  #times = new Map<string, { tenantId: string; at: number }>();

  constructor(store: Pick<UnscopedStore, 'recordLastUsed'>) {
    this.#store = store;
  }

  note(caller: Caller, nowMs: number): void {
    const known = this.#times.get(caller.keyId);
    if (known) known.at = nowMs;
    else this.#times.set(caller.keyId, { tenantId: caller.tenantId, at: nowMs });
  }

  /** Writes what was collected. When the store fails, the times are kept for the next flush, and the error is thrown. */
  async flush(): Promise<void> {
    if (this.#times.size === 0) return;
    const times = this.#times;
    this.#times = new Map();
    try {
      await this.#store.recordLastUsed(
        [...times].map(([keyId, { tenantId, at }]) => ({ tenantId, keyId, at: new Date(at) })),
      );
    } catch (error) {
      for (const [keyId, use] of times) if (!this.#times.has(keyId)) this.#times.set(keyId, use);
      throw error;
    }
  }
}
