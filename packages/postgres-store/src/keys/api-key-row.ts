import type { ApiKey, ApiKeyChange, ApiKeySecretRecord, NewApiKey } from '@keywright/core';
import type { Insertable, Selectable, Updateable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { fromCount, fromHash, fromUsd, toHash, toUsd } from '../database/values.ts';
import { type ApiKeySecretsTable, apiKeySecretsColumns } from './api-key-secrets-table.ts';
import { type ApiKeysTable, apiKeysColumns } from './api-keys-table.ts';

export function apiKeyFromRow(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    subscriptionId: row.subscription_id,
    name: row.name,
    keyHash: fromHash(row.key_hash),
    keyPrefix: row.key_prefix,
    liteLlmKeyId: row.lite_llm_key_id,
    lifecycle: row.lifecycle,
    isActive: row.is_active,
    blockedBy: row.blocked_by,
    models: row.models,
    permissions: row.permissions,
    maxBudget: fromUsd(row.max_budget),
    softBudget: fromUsd(row.soft_budget),
    budgetDuration: row.budget_duration,
    currentSpend: fromUsd(row.current_spend),
    tpmLimit: fromCount(row.tpm_limit),
    rpmLimit: fromCount(row.rpm_limit),
    maxParallelRequests: fromCount(row.max_parallel_requests),
    quotaLimit: fromCount(row.quota_limit),
    currentQuotaUsage: fromCount(row.current_quota_usage),
    allowedIps: row.allowed_ips,
    tags: row.tags,
    metadata: row.metadata,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastSyncAt: row.last_sync_at,
    syncStatus: row.sync_status,
    syncError: row.sync_error,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function newApiKeyToRow(tenantId: string, key: NewApiKey, now: Date): Insertable<ApiKeysTable> {
  const { name, permissions } = key;
  return checkRow(apiKeysColumns, {
    ...apiKeyChangeToRow(key, now),
    tenant_id: tenantId,
    id: key.id,
    subscription_id: key.subscriptionId,
    user_id: key.userId,
    name,
    permissions,
    key_hash: toHash(key.keyHash),
    key_prefix: key.keyPrefix,
    lifecycle: 'creating' as const,
    created_at: now,
  });
}

/** What is absent in a change is undefined in the row, and stays as it is. */
export function apiKeyChangeToRow(change: ApiKeyChange, now: Date): Updateable<ApiKeysTable> {
  return checkRow(apiKeysColumns, {
    name: change.name,
    models: change.models,
    permissions: change.permissions,
    max_budget: toUsd(change.maxBudget),
    soft_budget: toUsd(change.softBudget),
    budget_duration: change.budgetDuration,
    tpm_limit: change.tpmLimit,
    rpm_limit: change.rpmLimit,
    max_parallel_requests: change.maxParallelRequests,
    quota_limit: change.quotaLimit,
    allowed_ips: change.allowedIps,
    tags: change.tags,
    metadata: change.metadata && JSON.stringify(change.metadata),
    expires_at: change.expiresAt,
    is_active: change.isActive,
    blocked_by: change.blockedBy,
    sync_status: change.syncStatus,
    sync_error: change.syncError,
    updated_at: now,
  });
}

export function secretFromRow(row: Selectable<ApiKeySecretsTable>): ApiKeySecretRecord {
  return {
    keyHash: fromHash(row.key_hash),
    tenantId: row.tenant_id,
    apiKeyId: row.api_key_id,
    generation: row.generation,
    keyPrefix: row.key_prefix,
    liteLlmKeyId: row.lite_llm_key_id,
    state: row.state,
    mintingSince: row.minting_since,
    validUntil: row.valid_until,
  };
}

/** The first secret of a new key. */
export function newSecretToRow(tenantId: string, key: NewApiKey, now: Date): Insertable<ApiKeySecretsTable> {
  return checkRow(apiKeySecretsColumns, {
    tenant_id: tenantId,
    key_hash: toHash(key.keyHash),
    api_key_id: key.id,
    generation: 1,
    key_prefix: key.keyPrefix,
    state: 'minting' as const,
    created_at: now,
    updated_at: now,
  });
}
