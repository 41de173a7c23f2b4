import { type ApiKeySecretRecord, apiKeyStatus, effectiveModels } from '../keys/api-key.ts';
import { effectiveLimits } from '../keys/limits.ts';
import type { KeyMirrorSource } from '../keys/ports.ts';
import { isSubscriptionActive } from '../subscriptions/subscription.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { User } from '../users/user.ts';
import type { MirrorKey, MirrorTeam, MirrorUser } from './ports.ts';

/** Ids are global in LiteLLM, so ours carry namespace and tenant. Parts are escaped: `a/b` + `c` is not `a` + `b/c`. */
function liteLlmUserId(namespace: string, user: Pick<User, 'tenantId' | 'id' | 'liteLlmUserId'>): string {
  return user.liteLlmUserId ?? [namespace, user.tenantId, user.id].map(encodeURIComponent).join('/');
}

function mirrorAlias(namespace: string, keyId: string, generation: number): string {
  return `${namespace}/${keyId}/${generation}`;
}

/** What one secret of a key should look like in LiteLLM at a moment. Pure. */
export function desiredKey(
  namespace: string,
  source: Omit<KeyMirrorSource, 'secrets'>,
  secret: Pick<ApiKeySecretRecord, 'keyHash' | 'generation' | 'validUntil'>,
  nowMs: number,
): MirrorKey {
  const { key, subscription, user, tenant } = source;
  const models = effectiveModels(key.models, subscription.models);
  const limits = effectiveLimits(key, subscription);
  const status = apiKeyStatus(key, nowMs);
  return {
    keyHash: secret.keyHash,
    alias: mirrorAlias(namespace, key.id, secret.generation),
    liteLlmUserId: liteLlmUserId(namespace, user),
    liteLlmTeamId: tenant.liteLlmTeamId,
    // LiteLLM reads an empty list as "all models": when none is left the key is blocked, and its list stays non-empty
    models: models.length > 0 ? models : subscription.models,
    maxBudget: limits.maxBudget,
    softBudget: limits.softBudget,
    budgetDuration: limits.budgetDuration,
    tpmLimit: limits.tpmLimit,
    rpmLimit: limits.rpmLimit,
    maxParallelRequests: limits.maxParallelRequests,
    expiresAt: earlier(key.expiresAt, secret.validUntil), // LiteLLM ends a replaced secret without us
    blocked:
      (status !== 'active' && status !== 'expired') ||
      models.length === 0 ||
      !tenant.isActive ||
      !user.isActive ||
      !isSubscriptionActive(subscription, nowMs),
    metadata: {
      managed_by: namespace,
      tenant_id: key.tenantId,
      user_id: key.userId,
      subscription_id: key.subscriptionId,
      key_id: key.id,
      generation: secret.generation,
    },
  };
}

export function earlier(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a < b ? a : b;
}

export function desiredTeam(tenant: Tenant, liteLlmTeamId: string): MirrorTeam {
  return { liteLlmTeamId, name: tenant.name };
}

export function desiredUser(namespace: string, user: User): MirrorUser {
  return {
    liteLlmUserId: liteLlmUserId(namespace, user),
    email: user.email,
    maxBudget: user.maxBudget,
    tpmLimit: user.tpmLimit,
    rpmLimit: user.rpmLimit,
  };
}
