import type { Actor } from '../actor.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import type { Storage } from '../storage.ts';
import type { ApiKey, ApiKeySecretRecord } from './api-key.ts';

/**
 * Gives up a secret that nobody was given: from here on it cannot become the key's own. Before LiteLLM is touched, so
 * that no request hands out what the worker takes away. False when it is not `minting` any more.
 */
export function abandonRotation(
  { storage, clock }: { storage: Storage; clock: Clock },
  actor: Actor | undefined,
  key: Pick<ApiKey, 'id' | 'tenantId' | 'name' | 'userId'>,
  secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix' | 'generation'>,
  reason: string,
): Promise<boolean> {
  return storage.transaction(async (stores) => {
    await stores.keys.lock({ tenantId: key.tenantId }, key.id);
    if (!(await stores.keys.abandonSecret(key.tenantId, secret.keyHash, new Date(clock.now())))) return false;
    const { keyPrefix, generation } = secret;
    const metadata = { name: key.name, userId: key.userId, keyPrefix, generation, reason };
    const what = { tenantId: key.tenantId, action: 'API_KEY_ROTATE_ABORTED' as const, metadata };
    const entry = auditEntry(clock, actor, { ...what, resourceType: 'api_key', resourceId: key.id });
    await stores.audit.append(key.tenantId, entry);
    return true;
  });
}
