import type { Reach } from '../actor.ts';
import type { AuditData } from '../audit/audit-entry.ts';
import { formatUsd } from '../money.ts';
import { pick } from '../pick.ts';
import {
  type ApiKey,
  type ApiKeyLimits,
  type ApiKeyStatus,
  apiKeyStatus,
  effectiveModels,
  type Lifecycle,
  limitFields,
} from './api-key.ts';
import type { ApiKeyWithModels } from './ports.ts';

/** A key as people see it. */
export interface ApiKeyView extends ApiKeyLimits {
  id: string;
  name: string;
  keyPrefix: string;
  userId: string;
  tenantId: string;
  subscriptionId: string;
  /** What the key may use now; empty when the subscription allows none of the key's own models any more. */
  models: string[];
  /** `subscription`: the key follows its subscription. `explicit`: it names models of its own. */
  modelSelection: 'subscription' | 'explicit';
  status: ApiKeyStatus;
  /** Who holds the key blocked; null: nobody. */
  blockedBy: ApiKey['blockedBy'];
  permissions: string[];
  /** Nano-USD, from the ledger. */
  currentSpend: bigint;
  currentQuotaUsage: number;
  tags: string[];
  metadata: Record<string, unknown>;
  allowedIps: string[];
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  syncStatus: ApiKey['syncStatus'];
  syncError: string | null;
  lastSyncAt: Date | null;
}

/** `creating` and `aborting` keys are seen by nobody, those that are being deleted by admins alone. */
export function isShown(lifecycle: Lifecycle, reach: Reach): boolean {
  return lifecycle === 'active' || (lifecycle === 'deleting' && reach.of === 'tenant');
}

export function viewApiKey({ key, subscriptionModels }: ApiKeyWithModels, nowMs: number): ApiKeyView {
  const { keyHash, liteLlmKeyId, lifecycle, isActive, version, ...shown } = key;
  return {
    ...shown,
    models: effectiveModels(key.models, subscriptionModels),
    modelSelection: key.models ? 'explicit' : 'subscription',
    status: apiKeyStatus(key, nowMs),
  };
}

const auditedFields = [
  'name',
  'keyPrefix',
  'userId',
  'subscriptionId',
  'models',
  'permissions',
  ...limitFields,
  'allowedIps',
  'tags',
  'metadata',
  'expiresAt',
  'isActive',
  'blockedBy',
] as const;

/** What of a key goes into the audit log: everything that a change can touch, no secret, money as text. */
export function auditApiKey(key: ApiKey): AuditData {
  return {
    ...pick(key, auditedFields),
    maxBudget: key.maxBudget === null ? null : formatUsd(key.maxBudget),
    softBudget: key.softBudget === null ? null : formatUsd(key.softBudget),
    expiresAt: key.expiresAt?.toISOString() ?? null,
  };
}
