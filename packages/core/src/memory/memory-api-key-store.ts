import type {
  ApiKey,
  ApiKeyChange,
  ApiKeyFilter,
  ApiKeySecretRecord,
  ApiKeyStatistics,
  ApiKeyStore,
  ApiKeyWithModels,
  KeyMirrorSource,
  Lease,
  Lifecycle,
  NewApiKey,
  NewAuditEntry,
  Page,
  PageRequest,
  Scope,
  SyncStatus,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { activate, insertCreating, type NewKey, secretsOf } from './memory-api-key-issue.ts';
import { listKeys, statisticsOf, withModels } from './memory-api-key-list.ts';
import { insertSecret, promoteSecret } from './memory-api-key-rotation.ts';
import type { MemoryState } from './memory-state.ts';

export class MemoryApiKeyStore implements ApiKeyStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  insertCreating(tenantId: string, key: NewApiKey, lease: Lease, maxKeysPerUser: number): Promise<ApiKey | undefined> {
    const wanted: NewKey = { tenantId, key, lease, maxKeysPerUser };
    return this.#access.run((state) => insertCreating(state, wanted, this.#now()));
  }

  activate(tenantId: string, id: string, leaseToken: string, audit: NewAuditEntry): Promise<ApiKey | undefined> {
    return this.#access.run((state) => activate(state, { tenantId, id, leaseToken, audit }, this.#now()));
  }

  find(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined> {
    return this.#access.run((state) => {
      const key = state.key(scope.tenantId, id);
      const isSeen = key && (scope.userId === undefined || key.userId === scope.userId);
      return isSeen ? withModels(state, key) : undefined;
    });
  }

  lock(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined> {
    return this.find(scope, id);
  }

  mirrorSource(tenantId: string, id: string): Promise<KeyMirrorSource | undefined> {
    return this.#access.run((state) => {
      const key = state.key(tenantId, id);
      const subscription = key && state.subscription(tenantId, key.subscriptionId);
      const user = key && state.user(tenantId, key.userId);
      const tenant = state.tenants.get(tenantId);
      if (!key || !subscription || !user || !tenant) return undefined;
      return { key, secrets: secretsOf(state, key.id), subscription, user, tenant };
    });
  }

  settleMinting(tenantId: string, keyHash: string): Promise<void> {
    return this.#access.run((state) => {
      const secret = state.secrets.get(keyHash);
      if (secret?.tenantId === tenantId) state.secrets.set(keyHash, { ...secret, mintingSince: null });
    });
  }

  list(tenantId: string, filter: ApiKeyFilter, page: PageRequest): Promise<Page<ApiKeyWithModels>> {
    return this.#access.run((state) => listKeys(state, tenantId, filter, page, this.#access.clock.now()));
  }

  update(tenantId: string, id: string, change: ApiKeyChange, ifVersion?: number): Promise<ApiKey | undefined> {
    return this.#write(tenantId, id, (key) =>
      ifVersion === undefined || key.version === ifVersion
        ? { ...key, ...change, version: key.version + 1, updatedAt: this.#now() }
        : undefined,
    );
  }

  moveLifecycle(
    tenantId: string,
    id: string,
    from: readonly Lifecycle[],
    to: Lifecycle,
    syncError?: string,
  ): Promise<ApiKey | undefined> {
    return this.#write(tenantId, id, (key) => {
      if (!from.includes(key.lifecycle)) return undefined;
      const moved = { ...key, lifecycle: to, version: key.version + 1, updatedAt: this.#now() };
      return syncError === undefined ? moved : { ...moved, syncError };
    });
  }

  insertSecret(
    tenantId: string,
    id: string,
    secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'>,
  ): Promise<ApiKeySecretRecord | undefined> {
    return this.#access.run((state) => {
      const key = state.key(tenantId, id);
      return key && insertSecret(state, key, secret, this.#now());
    });
  }

  promoteSecret(tenantId: string, keyHash: string, othersUntil: Date): Promise<ApiKey | undefined> {
    return this.#access.run((state) => {
      const secret = secretIn(state, tenantId, keyHash, 'minting');
      return secret && promoteSecret(state, secret, othersUntil, this.#now());
    });
  }

  abandonSecret(tenantId: string, keyHash: string, at: Date): Promise<boolean> {
    return this.#access.run((state) => {
      const secret = secretIn(state, tenantId, keyHash, 'minting');
      if (secret) state.secrets.set(keyHash, { ...secret, state: 'retiring', validUntil: at });
      return secret !== undefined;
    });
  }

  removeSecret(tenantId: string, keyHash: string): Promise<boolean> {
    return this.#access.run((state) =>
      secretIn(state, tenantId, keyHash, 'retiring') ? state.secrets.delete(keyHash) : false,
    );
  }

  async recordSync(tenantId: string, id: string, status: SyncStatus, error: string | null, asOf?: Date): Promise<void> {
    await this.#write(tenantId, id, (key) => {
      const lastSyncAt = status === 'synced' ? (asOf ?? this.#now()) : key.lastSyncAt;
      return { ...key, syncStatus: status, syncError: error, lastSyncAt };
    });
  }

  remove(tenantId: string, id: string, from: readonly Lifecycle[]): Promise<boolean> {
    return this.#access.run((state) => {
      const key = state.key(tenantId, id);
      if (!key || !from.includes(key.lifecycle)) return false;
      for (const secret of secretsOf(state, key.id)) state.secrets.delete(secret.keyHash);
      return state.keys.delete(key.id);
    });
  }

  statistics(tenantId: string, userId: string): Promise<ApiKeyStatistics> {
    return this.#access.run((state) => statisticsOf(state, tenantId, userId, this.#access.clock.now()));
  }

  /** Replaces a row by what `change` makes of it; undefined leaves it. */
  #write(
    tenantId: string,
    id: string,
    change: (key: Readonly<ApiKey>) => ApiKey | undefined,
  ): Promise<ApiKey | undefined> {
    return this.#access.run((state) => {
      const key = state.key(tenantId, id);
      const changed = key && change(key);
      if (changed) state.keys.set(changed.id, changed);
      return changed;
    });
  }

  #now(): Date {
    return new Date(this.#access.clock.now());
  }
}

function secretIn(
  state: MemoryState,
  tenantId: string,
  keyHash: string,
  wanted: ApiKeySecretRecord['state'],
): Readonly<ApiKeySecretRecord> | undefined {
  const secret = state.secrets.get(keyHash);
  return secret?.tenantId === tenantId && secret.state === wanted ? secret : undefined;
}
