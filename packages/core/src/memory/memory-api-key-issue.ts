import type { ApiKey, ApiKeySecretRecord, Lease, NewApiKey, NewAuditEntry } from '@keywright/core';
import { type MemoryState, rowId } from './memory-state.ts';
import { wasMarkedMeanwhile } from './memory-sync-tasks.ts';

export interface NewKey {
  tenantId: string;
  key: NewApiKey;
  lease: Lease;
  maxKeysPerUser: number;
}

/** Writes key, secret and leased task, unless the user has too many keys. What the database refuses is thrown. */
export function insertCreating(state: MemoryState, wanted: NewKey, now: Date): ApiKey | undefined {
  const { tenantId, key, lease } = wanted;
  if (countedKeys(state, tenantId, key.userId, now) >= wanted.maxKeysPerUser) return undefined;
  if (!state.user(tenantId, key.userId)) throw new Error('There is no user that the key could belong to.');
  if (!state.subscription(tenantId, key.subscriptionId)) throw new Error('There is no such subscription.');
  if (state.keys.get(key.id)) throw new Error('There is a key of this id already.');
  if (state.secrets.get(key.keyHash)) throw new Error('There is a key of this secret already.');
  const row = creatingKey(tenantId, key, now);
  state.keys.set(row.id, row);
  state.secrets.set(row.keyHash, mintingSecret(row, now));
  const leaseUntil = new Date(now.getTime() + lease.ms);
  state.tasks.set(rowId(tenantId, 'key', row.id), {
    tenantId,
    entity: 'key',
    entityId: row.id,
    dueAt: leaseUntil,
    attempts: 0,
    leaseUntil,
    leaseToken: lease.token,
    lastError: null,
    deadAt: null,
    unsettledUntil: null,
    createdAt: now,
  });
  return row;
}

/** creating -> active, while the task still holds the token. */
export function activate(
  state: MemoryState,
  wanted: { tenantId: string; id: string; leaseToken: string; audit: NewAuditEntry },
  now: Date,
): ApiKey | undefined {
  const { tenantId, leaseToken, audit } = wanted;
  const key = state.key(tenantId, wanted.id);
  if (key?.lifecycle !== 'creating') return undefined;
  const taskId = rowId(tenantId, 'key', key.id);
  const task = state.tasks.get(taskId);
  if (task?.leaseToken !== leaseToken) return undefined;
  const secret = state.secrets.get(key.keyHash);
  if (!secret) return undefined;
  const liteLlmKeyId = key.keyHash;
  state.secrets.set(key.keyHash, { ...secret, state: 'live', mintingSince: null, liteLlmKeyId });
  const isDueAgain = wasMarkedMeanwhile(task);
  if (isDueAgain) state.tasks.set(taskId, { ...task, leaseUntil: null, leaseToken: null });
  else state.tasks.delete(taskId);
  state.audit.set(audit.id, { ...audit, tenantId, createdAt: now });
  const active: ApiKey = {
    ...key,
    lifecycle: 'active',
    liteLlmKeyId,
    syncStatus: isDueAgain ? 'pending' : 'synced',
    syncError: null,
    lastSyncAt: key.createdAt,
    version: key.version + 1,
    updatedAt: now,
  };
  state.keys.set(active.id, active);
  return active;
}

/** Every secret of a key, oldest generation first. */
export function secretsOf(state: MemoryState, keyId: string): Readonly<ApiKeySecretRecord>[] {
  const secrets = state.secrets.all().filter((secret) => secret.apiKeyId === keyId);
  return secrets.toSorted((a, b) => a.generation - b.generation);
}

function countedKeys(state: MemoryState, tenantId: string, userId: string, now: Date): number {
  const counts = (key: Readonly<ApiKey>) =>
    key.tenantId === tenantId &&
    key.userId === userId &&
    (key.lifecycle === 'creating' || key.lifecycle === 'active') &&
    key.revokedAt === null &&
    (key.expiresAt === null || key.expiresAt > now);
  return state.keys.all().filter(counts).length;
}

function creatingKey(tenantId: string, key: NewApiKey, now: Date): ApiKey {
  return {
    ...key,
    tenantId,
    liteLlmKeyId: null,
    lifecycle: 'creating',
    isActive: true,
    blockedBy: null,
    currentSpend: 0n,
    currentQuotaUsage: 0,
    lastUsedAt: null,
    revokedAt: null,
    lastSyncAt: null,
    syncStatus: 'pending',
    syncError: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function mintingSecret(key: ApiKey, now: Date): ApiKeySecretRecord {
  return {
    keyHash: key.keyHash,
    tenantId: key.tenantId,
    apiKeyId: key.id,
    generation: 1,
    keyPrefix: key.keyPrefix,
    liteLlmKeyId: null,
    state: 'minting',
    mintingSince: now,
    validUntil: null,
  };
}
