import type { Actor, Scope } from '../actor.ts';
import { isKeywrightError, KeywrightError } from '../errors.ts';
import type { Lease } from '../sync/sync-task.ts';
import type { ApiKey } from './api-key.ts';
import { auditApiKey } from './api-key-view.ts';
import { carryOutAnyway, type KeyParts, keyAudit, keyNotFound, requestLease } from './key-parts.ts';

export interface ApiKeyDeletion {
  /** When the deletion was accepted: from then on the key does not verify. */
  deletedAt: Date;
  /** LiteLLM could not confirm in time; the worker goes on until it does. */
  isPending: boolean;
}

/**
 * Deletes a key for good. Once the change is committed the key does not verify any more and cannot come back; then it
 * is taken out of LiteLLM, and the row goes when LiteLLM has confirmed every secret of it.
 *
 * @param ifVersion only the key as it was seen; `key_not_active` when it changed since
 */
export async function deleteApiKey(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  ifVersion?: number,
): Promise<ApiKeyDeletion> {
  const lease = requestLease(parts);
  const { key, isLeased, isGone } = await write(parts, actor, scope, id, lease, ifVersion);
  parts.invalidations.announce({ of: 'key', tenantId: scope.tenantId, id });
  const deletedAt = new Date(parts.clock.now());
  if (!isLeased) return { deletedAt, isPending: !isGone };
  const task = { tenantId: scope.tenantId, entity: 'key' as const, entityId: id };
  // without the database's clock at hand the late commit is waited for in full
  const ended = await carryOutAnyway(parts, task, lease.token, key.createdAt.getTime());
  return { deletedAt, isPending: ended !== 'done' };
}

interface Deletion {
  key: ApiKey;
  isLeased: boolean;
  /** The worker has finished it already. */
  isGone: boolean;
}

async function write(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  lease: Lease,
  ifVersion: number | undefined,
): Promise<Deletion> {
  let written: Deletion | undefined;
  const work = parts.storage.transaction(async (stores) => {
    const found = await stores.keys.lock(scope, id);
    if (!found || !isDeletable(found.key, scope)) throw keyNotFound();
    const { key } = found;
    if (ifVersion !== undefined && key.version !== ifVersion) {
      throw new KeywrightError('key_not_active', 'The key changed meanwhile: look at it again.');
    }
    if (key.lifecycle === 'active') {
      await stores.keys.moveLifecycle(scope.tenantId, id, ['active'], 'deleting');
      const source = await stores.keys.mirrorSource(scope.tenantId, id);
      const metadata = { keyHashes: source?.secrets.map(({ keyHash }) => keyHash) ?? [key.keyHash] };
      await stores.audit.append(
        scope.tenantId,
        keyAudit(parts, actor, 'API_KEY_DELETE', key, { before: auditApiKey(key), metadata }),
      );
    }
    written = { key, isLeased: await stores.syncTasks.mark(scope.tenantId, 'key', id, lease), isGone: false };
    return written;
  });
  return work.catch((error: unknown) => {
    if (!written || !isKeywrightError(error, 'storage_unavailable')) throw error;
    return readBack(parts, scope, written, error);
  });
}

/**
 * A commit whose outcome is not known is read back: a deletion that stands is carried on, not reported as failed. Its
 * lease is left alone, so the worker takes it over when that runs out.
 */
async function readBack(parts: KeyParts, scope: Scope, { key }: Deletion, error: KeywrightError): Promise<Deletion> {
  parts.invalidations.announce({ of: 'key', tenantId: key.tenantId, id: key.id });
  const found = await parts.storage.keys.find(scope, key.id).catch(() => {
    throw error;
  });
  if (found && found.key.lifecycle !== 'deleting') throw error; // not committed
  return { key, isLeased: false, isGone: !found };
}

/** For its owner a key is gone once deleted; an admin sees that the deletion is pending, and may push it on. */
function isDeletable(key: ApiKey, scope: Scope): boolean {
  return key.lifecycle === 'active' || (key.lifecycle === 'deleting' && scope.userId === undefined);
}
