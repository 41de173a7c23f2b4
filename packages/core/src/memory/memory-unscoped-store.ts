import type {
  Page,
  PageRequest,
  ReconcileRun,
  SyncQueue,
  Tenant,
  TenantFilter,
  UnscopedStore,
  UsageLedger,
  VerifiableKey,
  WalkedSecret,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { forgetExpiredCalls } from './memory-idempotency-store.ts';
import { markKeysChangedByTime } from './memory-mark-keys.ts';
import { lastReconcile, walkSecrets } from './memory-reconcile.ts';
import { MemorySyncQueue } from './memory-sync-task-store.ts';
import { listTenants } from './memory-tenant-store.ts';
import { MemoryUsageLedger } from './memory-usage-store.ts';

export class MemoryUnscopedStore implements UnscopedStore {
  readonly syncQueue: SyncQueue;
  readonly ledger: UsageLedger;
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
    this.syncQueue = new MemorySyncQueue(access);
    this.ledger = new MemoryUsageLedger(access);
  }

  findBySecretHash(keyHash: string): Promise<VerifiableKey | undefined> {
    return this.#access.run((state) => {
      const secret = state.secrets.get(keyHash);
      const key = secret && state.key(secret.tenantId, secret.apiKeyId);
      const subscription = key && state.subscription(key.tenantId, key.subscriptionId);
      const user = key && state.user(key.tenantId, key.userId);
      const tenant = key && state.tenants.get(key.tenantId);
      if (!subscription || !user || !tenant) return undefined;
      return {
        key,
        secret: key.syncStatus === 'unmirrored' ? { ...secret, liteLlmKeyId: null } : secret,
        subscription,
        userIsActive: user.isActive,
        liteLlmUserId: user.liteLlmUserId,
        tenantIsActive: tenant.isActive,
      };
    });
  }

  recordLastUsed(uses: readonly { tenantId: string; keyId: string; at: Date }[]): Promise<void> {
    return this.#access.run((state) => {
      for (const { tenantId, keyId, at } of uses) {
        const key = state.key(tenantId, keyId);
        if (key && (key.lastUsedAt === null || key.lastUsedAt < at)) state.keys.set(key.id, { ...key, lastUsedAt: at });
      }
    });
  }

  markKeysChangedByTime(): Promise<number> {
    return this.#access.run((state) => markKeysChangedByTime(state, new Date(this.#access.clock.now())));
  }

  listTenants(filter: TenantFilter, page: PageRequest): Promise<Page<Tenant>> {
    return this.#access.run((state) => listTenants(state, filter, page));
  }

  walkSecrets(afterHash: string | undefined, limit: number): Promise<WalkedSecret[]> {
    return this.#access.run((state) => walkSecrets(state, afterHash, limit));
  }

  recordReconcile(run: ReconcileRun): Promise<void> {
    return this.#access.run((state) => {
      if (state.reconcileRuns.get(run.id)) throw new Error('There is a comparison of this id already.');
      state.reconcileRuns.set(run.id, run);
    });
  }

  lastReconcile(): Promise<ReconcileRun | undefined> {
    return this.#access.run((state) => lastReconcile(state));
  }

  maintain(): Promise<void> {
    return this.#access.run((state) => forgetExpiredCalls(state, this.#access.clock.now()));
  }
}
