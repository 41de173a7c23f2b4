import type { Scope } from '../actor.ts';
import type { NewAuditEntry } from '../audit/audit-entry.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { Lease, SyncStatus } from '../sync/sync-task.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { User } from '../users/user.ts';
import type { ApiKey, ApiKeySecretRecord, ApiKeyStatus, Lifecycle } from './api-key.ts';

/** A key at the moment it is first written, in lifecycle `creating`. The store fills in the rest. */
export type NewApiKey = Omit<
  ApiKey,
  | 'tenantId'
  | 'liteLlmKeyId'
  | 'lifecycle'
  | 'isActive'
  | 'blockedBy'
  | 'currentSpend'
  | 'currentQuotaUsage'
  | 'lastUsedAt'
  | 'revokedAt'
  | 'lastSyncAt'
  | 'syncStatus'
  | 'syncError'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
>;

/** What may change on a key. Absent: unchanged; null: cleared. */
export type ApiKeyChange = Partial<
  Pick<
    ApiKey,
    | 'name'
    | 'models'
    | 'permissions'
    | 'maxBudget'
    | 'softBudget'
    | 'budgetDuration'
    | 'tpmLimit'
    | 'rpmLimit'
    | 'maxParallelRequests'
    | 'quotaLimit'
    | 'allowedIps'
    | 'tags'
    | 'metadata'
    | 'expiresAt'
    | 'isActive'
    | 'blockedBy'
    | 'syncStatus'
    | 'syncError'
  >
>;

export interface ApiKeyFilter {
  userId?: string | undefined;
  subscriptionId?: string | undefined;
  status?: ApiKeyStatus | undefined;
  /** Keys that may use this model now. */
  model?: string | undefined;
  /** Part of the name, or the beginning of the prefix; whatever the case. */
  search?: string | undefined;
  /** Also keys in lifecycle `deleting`, which only admins see. `creating` and `aborting` ones are never listed. */
  includeDeleting?: boolean | undefined;
}

/** A key with the models that its subscription has now, so that effective models need no second read. */
export interface ApiKeyWithModels {
  key: ApiKey;
  subscriptionModels: string[];
}

/** A key with everything that decides what LiteLLM should hold of it. */
export interface KeyMirrorSource {
  key: ApiKey;
  /** Every secret of the key, oldest generation first. */
  secrets: ApiKeySecretRecord[];
  subscription: Subscription;
  user: User;
  tenant: Tenant;
}

export interface ApiKeyStatistics {
  total: number;
  active: number;
  expired: number;
  blocked: number;
  bySubscription: { subscriptionId: string; count: number }[];
  byModel: { model: string; count: number }[];
}

export interface ApiKeyStore {
  /**
   * Writes key, secret (generation 1, state `minting`, `mintingSince` now) and a sync task leased to the caller: one
   * statement.
   * Undefined when the user has `maxKeysPerUser` keys that count (creating and active ones that have not expired).
   * Only after `lockForIssue` in the same transaction, else the count is not exact.
   */
  insertCreating(tenantId: string, key: NewApiKey, lease: Lease, maxKeysPerUser: number): Promise<ApiKey | undefined>;
  /**
   * creating -> active, while the task still holds this lease token: secret `live`, LiteLLM's id noted, sync status
   * `synced` as of the key's creation, task removed, audit entry written. One statement. When the key was marked meanwhile (its subscription
   * changed while LiteLLM was asked), the task stays instead, free for anyone, and the sync status is `pending`.
   * Undefined when the lease was lost. A lease that ran out is not lost as long as nobody claimed the task.
   */
  activate(tenantId: string, id: string, leaseToken: string, audit: NewAuditEntry): Promise<ApiKey | undefined>;
  /** In any lifecycle. Undefined when there is none, when it is no UUID, or another user's if the scope names one. */
  find(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined>;
  /** As `find`, and locks the row until the transaction ends. */
  lock(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined>;
  /** All that the copies in LiteLLM are made of, in any lifecycle. Undefined when there is no such key. */
  mirrorSource(tenantId: string, id: string): Promise<KeyMirrorSource | undefined>;
  /** Notes that LiteLLM's answer to the creation of this secret is known: no late commit can follow. */
  settleMinting(tenantId: string, keyHash: string): Promise<void>;
  /** Newest first. One statement, whatever the page. */
  list(tenantId: string, filter: ApiKeyFilter, page: PageRequest): Promise<Page<ApiKeyWithModels>>;
  /** Undefined when there is none, or its version is another than `ifVersion`. Raises the version by one. */
  update(tenantId: string, id: string, change: ApiKeyChange, ifVersion?: number): Promise<ApiKey | undefined>;
  /** Undefined when the key is in none of the lifecycles `from`. Raises the version by one. */
  moveLifecycle(
    tenantId: string,
    id: string,
    from: readonly Lifecycle[],
    to: Lifecycle,
    syncError?: string,
  ): Promise<ApiKey | undefined>;
  /**
   * Adds a secret to a key: the next generation, state `minting`, `mintingSince` now. Only while the key is locked.
   * Undefined when there is no such key.
   */
  insertSecret(
    tenantId: string,
    id: string,
    secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'>,
  ): Promise<ApiKeySecretRecord | undefined>;
  /**
   * minting -> live: LiteLLM is known to hold the secret. It becomes the key's own (hash, prefix, LiteLLM's id); the
   * key's other secrets become `retiring`, valid until `othersUntil` or what was earlier. Raises the version by one.
   * Undefined, and nothing written, when the secret is not `minting` any more. Only while the key is locked.
   */
  promoteSecret(tenantId: string, keyHash: string, othersUntil: Date): Promise<ApiKey | undefined>;
  /**
   * minting -> retiring, valid until `at`: nobody was given the secret, and nobody can promote it any more. Leaves
   * `mintingSince`: LiteLLM may still commit it. False when it is not `minting`.
   */
  abandonSecret(tenantId: string, keyHash: string, at: Date): Promise<boolean>;
  /** Removes a `retiring` secret that LiteLLM is known to hold no longer. False when it is not `retiring`. */
  removeSecret(tenantId: string, keyHash: string): Promise<boolean>;
  /**
   * Notes the result of a synchronisation. Leaves the version as it is. `asOf`: the moment that LiteLLM was made equal
   * to, so that a subscription which begins or ends between then and now is not overlooked; now when left out.
   */
  recordSync(tenantId: string, id: string, status: SyncStatus, error: string | null, asOf?: Date): Promise<void>;
  /** Removes the row and its secrets. False when it is in none of these lifecycles. */
  remove(tenantId: string, id: string, from: readonly Lifecycle[]): Promise<boolean>;
  /** Over the keys that a user sees (lifecycle `active`). `byModel` counts the models that they may use now. */
  statistics(tenantId: string, userId: string): Promise<ApiKeyStatistics>;
}

/**
 * All that verify decides upon, read by one statement over secret, key, subscription, user and tenant. Nothing more:
 * each column costs the database and the driver about half a microsecond on every cold verify.
 */
export interface VerifiableKey {
  key: Pick<
    ApiKey,
    | 'id'
    | 'tenantId'
    | 'userId'
    | 'subscriptionId'
    | 'name'
    | 'lifecycle'
    | 'isActive'
    | 'models'
    | 'permissions'
    | 'allowedIps'
    | 'expiresAt'
    | 'revokedAt'
    | 'currentSpend'
    | 'maxBudget'
    | 'softBudget'
    | 'budgetDuration'
    | 'tpmLimit'
    | 'rpmLimit'
    | 'maxParallelRequests'
    | 'quotaLimit'
  >;
  /** `liteLlmKeyId` is null as well when LiteLLM was found to hold the key no longer (sync status `unmirrored`). */
  secret: Pick<ApiKeySecretRecord, 'keyHash' | 'state' | 'validUntil' | 'liteLlmKeyId'>;
  subscription: Pick<Subscription, 'status' | 'startsAt' | 'expiresAt' | 'models'>;
  userIsActive: boolean;
  liteLlmUserId: string | null;
  tenantIsActive: boolean;
}
