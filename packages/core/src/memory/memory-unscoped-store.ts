import type { ApiKey, SyncQueue, UnscopedStore, UsageLedger, VerifiableKey } from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { type MemoryState, rowId } from './memory-state.ts';
import { MemorySyncQueue, mark } from './memory-sync-task-store.ts';
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

  markKeysOfCrossedSubscriptions(): Promise<number> {
    return this.#access.run((state) => {
      const now = this.#access.clock.now();
      const crossed = state.keys.all().filter((key) => key.lifecycle === 'active' && isCrossed(state, key, now));
      const unmarked = crossed.filter(
        (key) => state.tasks.get(rowId(key.tenantId, 'key', key.id))?.leaseUntil !== null,
      );
      for (const key of unmarked)
        mark(state, { tenantId: key.tenantId, entity: 'key', entityId: key.id }, new Date(now));
      return unmarked.length;
    });
  }

  async maintain(): Promise<void> {}
}

/** Whether time passed a boundary of the key's subscription since LiteLLM was last told. */
function isCrossed(state: MemoryState, key: Readonly<ApiKey>, now: number): boolean {
  const subscription = state.subscription(key.tenantId, key.subscriptionId);
  const since = (key.lastSyncAt ?? key.createdAt).getTime();
  const boundaries = [subscription?.startsAt, subscription?.expiresAt];
  return boundaries.some((at) => at && at.getTime() <= now && at.getTime() > since);
}
