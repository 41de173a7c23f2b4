import type { Actor, Scope } from '../actor.ts';
import type { AuditAction } from '../audit/audit-entry.ts';
import { isKeywrightError, KeywrightError } from '../errors.ts';
import type { Stores } from '../storage.ts';
import type { SyncTaskKey } from '../sync/sync-task.ts';
import type { ApiKey } from './api-key.ts';
import { auditApiKey } from './api-key-view.ts';
import {
  carryOut,
  carryOutAnyway,
  type KeyParts,
  keyAudit,
  keyNotFound,
  readAgain,
  requestLease,
} from './key-parts.ts';
import type { ApiKeyChange, ApiKeyWithModels } from './ports.ts';

/** What shall become of a key, decided upon the row as it is while it is locked. */
export interface KeyDecision {
  action: AuditAction;
  /** Undefined: it is so already, and nothing is written. */
  change: ApiKeyChange | undefined;
  /** When LiteLLM refuses: `put-back` restores the row; `stand` leaves it, and the entry is for operators. */
  onRefusal: 'put-back' | 'stand';
}

/** A change that is committed here and may not yet be in LiteLLM. */
interface Change {
  decision: KeyDecision & { change: ApiKeyChange };
  before: ApiKey;
  after: ApiKey;
  task: SyncTaskKey;
  leaseToken: string;
  isLeased: boolean;
}

/**
 * Changes a key here at once, then in LiteLLM. With LiteLLM down the change stands, sync status `pending`. When LiteLLM
 * refuses while we wait, the row is put back and the caller told.
 */
export async function changeApiKey(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  decide: (stores: Stores, key: ApiKey) => Promise<KeyDecision>,
): Promise<ApiKeyWithModels> {
  const { found, change } = await write(parts, actor, scope, id, decide);
  if (!change) return found;
  parts.invalidations.announce({ of: 'key', tenantId: scope.tenantId, id });
  if (change.isLeased) await mirror(parts, actor, change);
  return readAgain(parts, scope, { ...found, key: change.after });
}

async function write(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  decide: (stores: Stores, key: ApiKey) => Promise<KeyDecision>,
): Promise<{ found: ApiKeyWithModels; change?: Change }> {
  const lease = requestLease(parts);
  const { tenantId } = scope;
  let written: { found: ApiKeyWithModels; change?: Change } | undefined;
  const work = parts.storage.transaction(async (stores) => {
    const found = await lockChangeable(stores, scope, id);
    const before = found.key;
    const { change: wanted, ...how } = await decide(stores, before);
    if (!wanted) return { found };
    const decision = { ...how, change: { ...wanted, syncStatus: 'pending' as const, syncError: null } };
    const after = await stores.keys.update(tenantId, id, decision.change);
    if (!after) throw keyNotFound();
    await stores.audit.append(
      tenantId,
      keyAudit(parts, actor, decision.action, before, { before: auditApiKey(before), after: auditApiKey(after) }),
    );
    const isLeased = await stores.syncTasks.mark(tenantId, 'key', id, lease);
    const task = { tenantId, entity: 'key' as const, entityId: id };
    written = { found, change: { decision, before, after, task, leaseToken: lease.token, isLeased } };
    return written;
  });
  return work.catch(async (error: unknown) => {
    // a commit whose outcome is not known is read back
    if (!written?.change || !isKeywrightError(error, 'storage_unavailable')) throw error;
    parts.invalidations.announce({ of: 'key', tenantId, id });
    if (!(await isStored(parts, written.change))) throw error;
    return written;
  });
}

/** Whether the row is as a change left it; how its synchronisation went since does not matter. */
async function isStored({ storage }: KeyParts, { after, decision }: Change): Promise<boolean> {
  const found = await storage.keys.find({ tenantId: after.tenantId }, after.id);
  if (found?.key.version !== after.version) return false;
  const { syncStatus, syncError, ...changed } = decision.change;
  return asText(imageOf(found.key, changed)) === asText(imageOf(after, changed));
}

function asText(image: ApiKeyChange): string {
  return JSON.stringify(image, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** Locks a key that may be changed. Throws `key_not_found` and `key_not_active`. */
export async function lockChangeable(stores: Stores, scope: Scope, id: string): Promise<ApiKeyWithModels> {
  const found = await stores.keys.lock(scope, id);
  if (!found || found.key.lifecycle === 'creating' || found.key.lifecycle === 'aborting') throw keyNotFound();
  if (found.key.lifecycle === 'deleting') {
    if (scope.userId !== undefined) throw keyNotFound(); // for its owner it is gone already
    throw new KeywrightError('key_not_active', 'The key is being deleted and cannot be changed.');
  }
  if (found.key.revokedAt) throw new KeywrightError('key_not_active', 'The key was revoked and cannot be changed.');
  return found;
}

async function mirror(parts: KeyParts, actor: Actor, change: Change): Promise<void> {
  const how = [parts, change.task, change.leaseToken, parts.clock.now()] as const;
  if (change.decision.onRefusal === 'stand') {
    await carryOutAnyway(...how);
    return;
  }
  const run = await carryOut(...how);
  if (run.result !== 'refused') return;
  try {
    await putBack(parts, actor, change, run.error);
  } catch (error) {
    // where it is not put back the change stands, and the worker notes the refusal
    if (isKeywrightError(error, 'storage_unavailable') && (await isStored(parts, change))) return;
    throw error;
  }
  throw run.error;
}

/** Restores the row, unless it changed again meanwhile: then that change's own task decides. */
async function putBack(
  parts: KeyParts,
  actor: Actor,
  { decision, before, after, task, leaseToken }: Change,
  refusal: KeywrightError,
): Promise<void> {
  await parts.storage.transaction(async (stores) => {
    const image: ApiKeyChange = { ...imageOf(before, decision.change), syncStatus: 'pending' };
    const restored = await stores.keys.update(before.tenantId, before.id, image, after.version);
    // not ended: the task may stand for an earlier change as well, which LiteLLM has not followed yet
    await stores.syncTasks.retryLater(task, leaseToken, { afterMs: 0, error: null, failed: false });
    if (!restored) return;
    await stores.audit.append(
      before.tenantId,
      keyAudit(parts, actor, 'API_KEY_UPDATE_REVERTED', before, {
        before: auditApiKey(after),
        after: auditApiKey(restored),
        metadata: { reason: refusal.message },
      }),
    );
  });
  parts.invalidations.announce({ of: 'key', tenantId: before.tenantId, id: before.id });
}

/** What the change touched, as it was before. */
function imageOf(before: ApiKey, change: ApiKeyChange): ApiKeyChange {
  return Object.fromEntries(Object.entries(before).filter(([field]) => field in change));
}
