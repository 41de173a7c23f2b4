import type { KeyRow } from '../keys/key-row.ts';

/** Seconds for which a proxy trusts what it last read of a key. */
const trustSeconds = 60;

/** A key as it was when it was read. */
export interface CachedKey {
  row: KeyRow;
  teamBlocked: boolean;
}

/**
 * What one proxy remembers of the keys that called it. It forgets a key that it changes itself; what another proxy on
 * the same database changes it notices when its minute is over.
 */
export class AuthCache {
  readonly #entries = new Map<string, CachedKey & { until: number }>();

  find(token: string, now: Date): CachedKey | undefined {
    const entry = this.#entries.get(token);
    if (entry && entry.until > now.getTime()) return entry;
    this.#entries.delete(token);
    return undefined;
  }

  keep(row: KeyRow, teamBlocked: boolean, now: Date): CachedKey {
    const entry = { row: { ...row }, teamBlocked, until: now.getTime() + trustSeconds * 1000 };
    this.#entries.set(row.token, entry);
    return entry;
  }

  forget(token: string): void {
    this.#entries.delete(token);
  }
}
