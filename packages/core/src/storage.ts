import type { AuditStore } from './audit/ports.ts';
import type { IdempotencyStore } from './idempotency/ports.ts';
import type { ApiKeyStore, VerifiableKey } from './keys/ports.ts';
import type { Page, PageRequest } from './page.ts';
import type { SubscriptionStore } from './subscriptions/ports.ts';
import type { SyncQueue, SyncTaskStore } from './sync/ports.ts';
import type { ReconcileRun, WalkedSecret } from './sync/reconcile/ports.ts';
import type { TenantFilter, TenantStore } from './tenants/ports.ts';
import type { Tenant } from './tenants/tenant.ts';
import type { UsageLedger, UsageStore } from './usage/ports.ts';
import type { UserStore } from './users/ports.ts';

/**
 * Every store that Keywright needs. Stores take the tenant first in every method and show nothing of another one;
 * what cannot know the tenant is in `unscoped` alone.
 */
export interface Stores {
  tenants: TenantStore;
  users: UserStore;
  subscriptions: SubscriptionStore;
  keys: ApiKeyStore;
  audit: AuditStore;
  syncTasks: SyncTaskStore;
  usage: UsageStore;
  idempotency: IdempotencyStore;
}

export interface Storage extends Stores {
  unscoped: UnscopedStore;
  /**
   * All or nothing. Inside, use only the stores that `work` gets: a query beside them would wait for ever on a store
   * with one session (PGlite). LiteLLM is never called inside. `work` may run again after a deadlock: it has no effect
   * outside its stores.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Resolves when the database answers and its schema fits this code; else throws. */
  check(): Promise<void>;
}

/** What cannot know the tenant. */
export interface UnscopedStore {
  /** The hot statement of verify. Undefined when no secret has this hash (lower-case hex). */
  findBySecretHash(keyHash: string): Promise<VerifiableKey | undefined>;
  syncQueue: SyncQueue;
  ledger: UsageLedger;
  /** Writes the newest of these times for each key; never moves one back. One statement. */
  recordLastUsed(uses: readonly { tenantId: string; keyId: string; at: Date }[]): Promise<void>;
  /**
   * Marks keys for which time alone changed what LiteLLM should hold: their subscription began or ended since they were
   * last synchronised, or a `retiring` secret's time is over. Returns how many. One statement.
   */
  markKeysChangedByTime(): Promise<number>;
  /** Newest first. */
  listTenants(filter: TenantFilter, page: PageRequest): Promise<Page<Tenant>>;
  /**
   * Secrets in ascending order of hash, after a hash (from the first on when undefined), for comparing everything with
   * LiteLLM in constant memory. In every lifecycle and state. One statement.
   */
  walkSecrets(afterHash: string | undefined, limit: number): Promise<WalkedSecret[]>;
  /** Notes a comparison that ended. */
  recordReconcile(run: ReconcileRun): Promise<void>;
  /** Undefined when there was none. */
  lastReconcile(): Promise<ReconcileRun | undefined>;
  /** Upkeep that `start()` repeats: makes the ledger's partitions ahead of time, forgets old idempotency keys. */
  maintain(): Promise<void>;
}
