import {
  type ApiKey,
  type ApiKeySecretRecord,
  hashSecret,
  type Lease,
  type NewApiKey,
  type NewAuditEntry,
  type NewSubscription,
  type Storage,
  type SyncTaskKey,
  type UsageEvent,
  uuidv7,
} from '@keywright/core';

/** Ids of someone who may own keys. */
export interface Owner {
  tenantId: string;
  userId: string;
  subscriptionId: string;
}

/** A new id, in the order of creation. */
export const anId = (): string => uuidv7(Date.now());

/** A tenant that nobody else uses, so that suites can share one database. */
export const aTenant = (): string => `tenant-${anId()}`;

/** A lease of a minute with a token of its own. */
export const aLease = (ms = 60_000): Lease => ({ token: anId(), ms });

/** The sync task of a key. */
export const keyTask = (key: Pick<ApiKey, 'tenantId' | 'id'>): SyncTaskKey => ({
  tenantId: key.tenantId,
  entity: 'key',
  entityId: key.id,
});

/** A subscription without limits, not the default one. */
export function newSubscription(userId: string, overrides: Partial<NewSubscription> = {}): NewSubscription {
  return {
    id: anId(),
    userId,
    name: 'Standard',
    status: 'active',
    isDefault: false,
    models: ['gpt-a', 'gpt-b'],
    maxBudget: null,
    budgetDuration: null,
    tpmLimit: null,
    rpmLimit: null,
    quotaLimit: null,
    startsAt: null,
    expiresAt: null,
    statusReason: null,
    ...overrides,
  };
}

/** A key without limits that follows its subscription. */
export function newKeyInput(
  owner: Pick<Owner, 'userId' | 'subscriptionId'>,
  overrides: Partial<NewApiKey> = {},
): NewApiKey {
  const id = overrides.id ?? anId();
  return {
    id,
    userId: owner.userId,
    subscriptionId: owner.subscriptionId,
    name: 'a key',
    keyHash: hashSecret(`secret of ${id}`),
    keyPrefix: `sk-kw_${id.slice(-4)}`,
    models: null,
    permissions: ['llm:*'],
    maxBudget: null,
    softBudget: null,
    budgetDuration: null,
    tpmLimit: null,
    rpmLimit: null,
    maxParallelRequests: null,
    quotaLimit: null,
    allowedIps: [],
    tags: [],
    metadata: {},
    expiresAt: null,
    ...overrides,
  };
}

export function newAuditEntry(tenantId: string, overrides: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    id: anId(),
    tenantId,
    actorId: 'alice',
    actorRoles: ['user'],
    action: 'API_KEY_CREATE',
    resourceType: 'api_key',
    resourceId: anId(),
    before: null,
    after: { name: 'a key' },
    metadata: null,
    requestId: null,
    ipAddress: null,
    userAgent: null,
    ...overrides,
  };
}

/** A completed call of 10 and 5 tokens that cost 0.001 USD, begun now. */
export function newUsageEvent(
  key: Pick<ApiKey, 'tenantId' | 'userId' | 'subscriptionId' | 'id'>,
  overrides: Partial<UsageEvent> = {},
): UsageEvent {
  return {
    reservationId: anId(),
    seq: 0,
    tenantId: key.tenantId,
    userId: key.userId,
    subscriptionId: key.subscriptionId,
    keyId: key.id,
    model: 'gpt-a',
    inputTokens: 10,
    outputTokens: 5,
    costNano: 1_000_000n,
    priceVersion: 'litellm',
    source: 'response',
    outcome: 'completed',
    upstreamCallId: null,
    ...overrides,
  };
}

/** Records a tenant, a user and a subscription. Give a tenant to put another user or subscription into it. */
export async function anOwner(
  storage: Storage,
  given: { tenantId?: string; userId?: string; subscription?: Partial<NewSubscription> } = {},
): Promise<Owner> {
  const { tenantId = aTenant(), userId = `user-${anId()}` } = given;
  await storage.users.ensure(tenantId, userId, {});
  const subscription = await storage.subscriptions.insert(tenantId, newSubscription(userId, given.subscription));
  return { tenantId, userId, subscriptionId: subscription.id };
}

/** Begins a creation as a service does: under the user's lock. Undefined when the user has too many keys. */
export function startKey(
  storage: Storage,
  owner: Owner,
  overrides: Partial<NewApiKey> = {},
  how: { lease?: Lease; maxKeysPerUser?: number } = {},
): Promise<ApiKey | undefined> {
  const { lease = aLease(), maxKeysPerUser = 1000 } = how;
  return storage.transaction(async (stores) => {
    const context = await stores.subscriptions.lockForIssue(owner.tenantId, owner.userId, owner.subscriptionId);
    if (!context) throw new Error('The owner is not there.');
    return stores.keys.insertCreating(owner.tenantId, newKeyInput(owner, overrides), lease, maxKeysPerUser);
  });
}

/** A key in lifecycle `creating`, with the lease of its task. */
export async function aCreatingKey(
  storage: Storage,
  owner: Owner,
  overrides: Partial<NewApiKey> = {},
): Promise<{ key: ApiKey; lease: Lease }> {
  const lease = aLease();
  const key = await startKey(storage, owner, overrides, { lease });
  if (!key) throw new Error('The user has too many keys.');
  return { key, lease };
}

/** A key in lifecycle `active`, as after a creation. */
export async function anActiveKey(storage: Storage, owner: Owner, overrides: Partial<NewApiKey> = {}): Promise<ApiKey> {
  const { key, lease } = await aCreatingKey(storage, owner, overrides);
  const entry = newAuditEntry(owner.tenantId, { resourceId: key.id });
  const active = await storage.keys.activate(owner.tenantId, key.id, lease.token, entry);
  if (!active) throw new Error('The lease was lost.');
  return active;
}

/** A further secret of a key, state `minting`, written under the key's lock as a rotation does. */
export async function aMintingSecret(
  storage: Storage,
  key: Pick<ApiKey, 'tenantId' | 'id'>,
): Promise<ApiKeySecretRecord> {
  const secret = await storage.transaction(async (stores) => {
    await stores.keys.lock({ tenantId: key.tenantId }, key.id);
    return stores.keys.insertSecret(key.tenantId, key.id, newSecretInput());
  });
  if (!secret) throw new Error('The key is not there.');
  return secret;
}

/** Hash and prefix of a secret that nobody has. */
export function newSecretInput(): Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'> {
  const id = anId();
  return { keyHash: hashSecret(`secret of ${id}`), keyPrefix: `sk-kw_${id.slice(-4)}` };
}

/** A key after a rotation: it has a new secret, and its other ones work until `othersUntil`. */
export async function aRotatedKey(
  storage: Storage,
  key: Pick<ApiKey, 'tenantId' | 'id'>,
  othersUntil: Date,
): Promise<ApiKey> {
  const { keyHash } = await aMintingSecret(storage, key);
  const rotated = await storage.transaction(async (stores) => {
    await stores.keys.lock({ tenantId: key.tenantId }, key.id);
    return stores.keys.promoteSecret(key.tenantId, keyHash, othersUntil);
  });
  if (!rotated) throw new Error('The secret is not minting any more.');
  return rotated;
}
