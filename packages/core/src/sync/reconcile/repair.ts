import type { Actor } from '../../actor.ts';
import { auditEntry } from '../../audit/audit-entry.ts';
import { withDeadline } from '../../clock.ts';
import type { Finding } from './finding.ts';
import type { ReconcileParts } from './reconcile-service.ts';

/** Tenants of ours have ids of at least one character, so this is nobody's. */
const unknownTenant = 'unknown';

/** Mends one finding. False when there is nothing to mend: spend is only reported. */
export async function repairFinding(parts: ReconcileParts, actor: Actor, finding: Finding): Promise<boolean> {
  switch (finding.kind) {
    case 'drifted':
      await parts.storage.syncTasks.mark(finding.tenantId, 'key', finding.keyId);
      return true;
    case 'missing':
      return markUnmirrored(parts, actor, finding);
    case 'orphan':
      await deleteOrphan(parts, actor, finding);
      return true;
    case 'spend':
      return false;
  }
}

/** Nobody has the secret, so LiteLLM cannot get the key back. Its calls go with the service key from here on. */
function markUnmirrored(
  { storage, clock }: ReconcileParts,
  actor: Actor,
  { tenantId, keyId: resourceId, keyPrefix, userId }: Extract<Finding, { kind: 'missing' }>,
): Promise<boolean> {
  return storage.transaction(async (stores) => {
    const found = await stores.keys.lock({ tenantId }, resourceId);
    if (found?.key.lifecycle !== 'active') return false;
    // a secret that was replaced may go early; the key itself is mirrored still
    await stores.syncTasks.mark(tenantId, 'key', resourceId);
    const what = { tenantId, action: 'API_KEY_UNMIRRORED' as const, resourceType: 'api_key' as const, resourceId };
    await stores.audit.append(tenantId, auditEntry(clock, actor, { ...what, metadata: { keyPrefix, userId } }));
    return true;
  });
}

async function deleteOrphan(
  { storage, mirror, clock, gatewayDeadlineMs }: ReconcileParts,
  actor: Actor,
  { keyHash, alias, tenantId, keyId }: Extract<Finding, { kind: 'orphan' }>,
): Promise<void> {
  const what = { action: 'LITELLM_ORPHAN_DELETE' as const, resourceType: 'api_key' as const };
  const ids = { tenantId: tenantId ?? unknownTenant, resourceId: keyId ?? keyHash };
  // before LiteLLM is touched: what was done must not go unrecorded
  await storage.audit.append(ids.tenantId, auditEntry(clock, actor, { ...what, ...ids, metadata: { alias, keyHash } }));
  await withDeadline(clock, gatewayDeadlineMs, async (signal) => {
    await mirror.blockKey(keyHash, signal);
    await mirror.deleteKey(keyHash, signal);
  });
}
