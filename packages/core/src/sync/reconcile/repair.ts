import type { Actor } from '../../actor.ts';
import { auditEntry } from '../../audit/audit-entry.ts';
import { withDeadline } from '../../clock.ts';
import { isKeywrightError } from '../../errors.ts';
import type { Finding } from './finding.ts';
import type { ReconcileParts } from './reconcile-service.ts';

/** Mends one finding. False when it could not be mended, or need not: spend is only reported. */
export async function repairFinding(parts: ReconcileParts, actor: Actor, finding: Finding): Promise<boolean> {
  switch (finding.kind) {
    case 'drifted':
      return (await equaliseNow(parts, finding)) === 'synced';
    case 'missing':
      return markUnmirrored(parts, actor, finding);
    case 'orphan':
      return deleteOrphan(parts, actor, finding);
    case 'spend':
      return false;
  }
}

/** As any other difference is closed: by the key's task. How the key stands after. */
async function equaliseNow(
  { storage, worker }: ReconcileParts,
  { tenantId, keyId }: { tenantId: string; keyId: string },
): Promise<string | undefined> {
  await storage.syncTasks.mark(tenantId, 'key', keyId);
  await worker.runDue();
  return (await storage.keys.find({ tenantId }, keyId))?.key.syncStatus;
}

/** Nobody has the secret, so LiteLLM cannot get the key back. Its calls go with the service key from here on. */
async function markUnmirrored(
  parts: ReconcileParts,
  actor: Actor,
  finding: Extract<Finding, { kind: 'missing' }>,
): Promise<boolean> {
  if ((await equaliseNow(parts, finding)) !== 'unmirrored') return false;
  const { tenantId, keyId: resourceId, keyPrefix, userId } = finding;
  const what = { tenantId, action: 'API_KEY_UNMIRRORED' as const, resourceType: 'api_key' as const, resourceId };
  await parts.storage.audit.append(
    tenantId,
    auditEntry(parts.clock, actor, { ...what, metadata: { keyPrefix, userId } }),
  );
  return true;
}

/** What LiteLLM says of it is nobody's word: the entry is the actor's tenant's, whatever tenant the key claims. */
async function deleteOrphan(
  { storage, mirror, clock, gatewayDeadlineMs }: ReconcileParts,
  actor: Actor,
  { keyHash, alias, tenantId: claimedTenantId, keyId: claimedKeyId }: Extract<Finding, { kind: 'orphan' }>,
): Promise<boolean> {
  const { tenantId } = actor;
  const what = { tenantId, action: 'LITELLM_ORPHAN_DELETE' as const, resourceType: 'api_key' as const };
  const metadata = { alias, claimedTenantId, claimedKeyId };
  // before LiteLLM is touched: what was done must not go unrecorded
  await storage.audit.append(tenantId, auditEntry(clock, actor, { ...what, resourceId: keyHash, metadata }));
  try {
    await withDeadline(clock, gatewayDeadlineMs, async (signal) => {
      await mirror.blockKey(keyHash, signal);
      await mirror.deleteKey(keyHash, signal);
    });
    return true;
  } catch (error) {
    if (isKeywrightError(error, 'gateway_refused') || isKeywrightError(error, 'gateway_unavailable')) return false;
    throw error;
  }
}
