import type { Clock } from '../clock.ts';
import type { Invalidation } from './invalidation.ts';
import type { VerifiableKey } from './ports.ts';
import { type PreparedKey, prepareKey } from './verify.ts';

/**
 * How long a key that was read may be believed, in milliseconds. A revocation binds other nodes within 5 s even when they
 * do not hear of it, and their running streams too, which look at their key every half second.
 */
export const verifyCacheTtlMs = 4_500;

interface Entry {
  /** Undefined: no such key, remembered so that a flood of one wrong secret costs one statement. */
  prepared: PreparedKey | undefined;
  readAt: number;
}

/**
 * Keys as they were read, by secret hash. Bounded; what is oldest goes first. Entries end `verifyCacheTtlMs` after
 * the read *began*. A read that began before an invalidation is used by whoever waits for it already, but not kept
 * and not shared with later callers.
 */
export class VerifyCache {
  readonly #read: (keyHash: string) => Promise<VerifiableKey | undefined>;
  readonly #clock: Clock;
  readonly #known: BoundedMap<Entry>;
  readonly #unknown: BoundedMap<Entry>;
  readonly #reading = new Map<string, { startedAt: number; read: Promise<PreparedKey | undefined> }>();
  /** Counts invalidations. */
  #epoch = 0;

  constructor(
    read: (keyHash: string) => Promise<VerifiableKey | undefined>,
    clock: Clock,
    limits: { known?: number; unknown?: number } = {},
  ) {
    this.#read = read;
    this.#clock = clock;
    this.#known = new BoundedMap(limits.known ?? 50_000);
    this.#unknown = new BoundedMap(limits.unknown ?? 10_000);
  }

  /** What is remembered: a key, `null` for a secret known to be unknown, undefined when it must be read. */
  peek(keyHash: string, nowMs: number): PreparedKey | null | undefined {
    const entry = this.#known.get(keyHash) ?? this.#unknown.get(keyHash);
    if (!entry || nowMs - entry.readAt >= verifyCacheTtlMs || nowMs < entry.readAt) return undefined;
    return entry.prepared ?? null;
  }

  /** Reads a key; parallel callers share one read. */
  load(keyHash: string): Promise<PreparedKey | undefined> {
    const running = this.#reading.get(keyHash);
    const startedAt = this.#clock.now();
    // a read that hangs may have seen what was true long ago
    if (running && startedAt - running.startedAt < verifyCacheTtlMs) return running.read;
    const read = this.#fill(keyHash).finally(() => {
      if (this.#reading.get(keyHash)?.read === read) this.#reading.delete(keyHash);
    });
    this.#reading.set(keyHash, { startedAt, read });
    return read;
  }

  async #fill(keyHash: string): Promise<PreparedKey | undefined> {
    const epoch = this.#epoch;
    const readAt = this.#clock.now();
    const row = await this.#read(keyHash);
    const prepared = row && prepareKey(row);
    if (epoch === this.#epoch) {
      (prepared ? this.#known : this.#unknown).set(keyHash, { prepared, readAt });
      (prepared ? this.#unknown : this.#known).delete(keyHash);
    }
    return prepared;
  }

  /** Forgets what the change is about, and cuts running reads off from later callers. */
  invalidate(change: Invalidation | { of: 'secret'; keyHash: string }): void {
    this.#cutOff();
    if (change.of === 'secret') {
      this.#known.delete(change.keyHash);
      this.#unknown.delete(change.keyHash);
      return;
    }
    this.#known.deleteWhere(({ prepared }) => prepared !== undefined && concerns(change, prepared));
  }

  /** Forgets everything: changes may have gone by unheard. */
  clear(): void {
    this.#cutOff();
    this.#known.clear();
    this.#unknown.clear();
  }

  #cutOff(): void {
    this.#epoch++;
    this.#reading.clear();
  }
}

function concerns(change: Invalidation, { caller }: PreparedKey): boolean {
  if (caller.tenantId !== change.tenantId) return false;
  if (change.of === 'tenant') return true;
  if (change.of === 'key') return caller.keyId === change.id;
  if (change.of === 'subscription') return caller.subscriptionId === change.id;
  return caller.userId === change.id;
}

/** A map that forgets its oldest entry when it is full. */
class BoundedMap<V> {
  readonly #max: number;
  readonly #entries = new Map<string, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  deleteWhere(matches: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }
}
