import type { SyncStatus } from '../sync/sync-task.ts';

/** Where a key stands between the two systems. Only `active` and (for admins) `deleting` keys are ever shown. */
export const lifecycles = ['creating', 'active', 'aborting', 'deleting'] as const;
export type Lifecycle = (typeof lifecycles)[number];

/** What people see. `revoked` is history of adopted systems, read only; `deleting` is shown to admins alone. */
export const apiKeyStatuses = ['active', 'blocked', 'expired', 'revoked', 'deleting'] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

/** Who holds a key blocked. Owner and admin hold it apart: what one of them lifts, the other may still hold. */
export const blockHolders = ['owner', 'admin', 'both'] as const;
export type BlockedBy = (typeof blockHolders)[number];

/** Limits of one key. Null: none of its own; 0: nothing is allowed. */
export interface ApiKeyLimits {
  /** Nano-USD. */
  maxBudget: bigint | null;
  /** Nano-USD; above it LiteLLM warns and goes on. */
  softBudget: bigint | null;
  /** After which time the budget starts anew, in LiteLLM's grammar (`30d`, `1mo`); null: never. */
  budgetDuration: string | null;
  /** Tokens per minute. */
  tpmLimit: number | null;
  /** Requests per minute. */
  rpmLimit: number | null;
  maxParallelRequests: number | null;
  /** Total tokens over the key's life. */
  quotaLimit: number | null;
}

export const limitFields = [
  'maxBudget',
  'softBudget',
  'budgetDuration',
  'tpmLimit',
  'rpmLimit',
  'maxParallelRequests',
  'quotaLimit',
] as const satisfies readonly (keyof ApiKeyLimits)[];

/** A secret issued to a user under a subscription. The secret itself is never stored. */
export interface ApiKey extends ApiKeyLimits {
  id: string;
  tenantId: string;
  userId: string;
  subscriptionId: string;
  name: string;
  /** SHA-256 of the newest live secret, lower-case hex. Equals LiteLLM's token id. */
  keyHash: string;
  /** The visible beginning of the newest live secret. */
  keyPrefix: string;
  /** Null while LiteLLM does not hold the key. */
  liteLlmKeyId: string | null;
  lifecycle: Lifecycle;
  isActive: boolean;
  blockedBy: BlockedBy | null;
  /** Null: all that the subscription allows. Never empty. */
  models: string[] | null;
  permissions: string[];
  /** Nano-USD, from the ledger. */
  currentSpend: bigint;
  /** Tokens, from the ledger. */
  currentQuotaUsage: number;
  /** Addresses and CIDR ranges; empty: from anywhere. */
  allowedIps: string[];
  tags: string[];
  metadata: Record<string, unknown>;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastSyncAt: Date | null;
  syncStatus: SyncStatus;
  syncError: string | null;
  /** Counts changes, so that a late writer notices. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/**
 * One secret that verifies or may still appear upstream. `minting`: asked for in LiteLLM, answer not known yet.
 */
export interface ApiKeySecretRecord {
  keyHash: string;
  tenantId: string;
  apiKeyId: string;
  generation: number;
  keyPrefix: string;
  liteLlmKeyId: string | null;
  state: 'minting' | 'live' | 'retiring';
  /** When LiteLLM was asked to create it; null once its answer is known, so that no late commit can follow. */
  mintingSince: Date | null;
  validUntil: Date | null;
}

/** What people see of a key at a moment. Pure: row and clock decide alone. */
export function apiKeyStatus(
  key: Pick<ApiKey, 'lifecycle' | 'isActive' | 'expiresAt' | 'revokedAt'>,
  nowMs: number,
): ApiKeyStatus {
  if (key.lifecycle === 'deleting') return 'deleting';
  if (key.revokedAt) return 'revoked';
  if (!key.isActive) return 'blocked';
  if (key.expiresAt && key.expiresAt.getTime() <= nowMs) return 'expired';
  return 'active';
}

/** The models a key may use now: its own within the subscription's, so that a narrowed subscription binds at once. */
export function effectiveModels(keyModels: readonly string[] | null, subscriptionModels: readonly string[]): string[] {
  return keyModels ? keyModels.filter((model) => subscriptionModels.includes(model)) : [...subscriptionModels];
}
