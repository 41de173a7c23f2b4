import type { z } from 'zod';
import type { Actor, Scope } from '../actor.ts';
import { KeywrightError } from '../errors.ts';
import { definedOnly } from '../input.ts';
import type { SyncTaskKey } from '../sync/sync-task.ts';
import { type ApiKey, apiKeyStatus } from './api-key.ts';
import type { updateApiKeyInput } from './api-key-input.ts';
import { auditApiKey } from './api-key-view.ts';
import { assertExpiry, assertModels } from './create-api-key.ts';
import { carryOut, type KeyParts, keyAudit, keyNotFound, requestLease } from './key-parts.ts';
import { assertWithinParents } from './limits.ts';
import type { ApiKeyChange, ApiKeyWithModels } from './ports.ts';

type Input = z.output<typeof updateApiKeyInput>;

/** A change that is committed here and may not yet be in LiteLLM. */
interface Change {
  change: ApiKeyChange;
  before: ApiKey;
  after: ApiKey;
  subscriptionModels: string[];
  task: SyncTaskKey;
  leaseToken: string;
  isLeased: boolean;
}

/**
 * Changes a key here at once, then in LiteLLM. With LiteLLM down the change stands, sync status `pending`. When LiteLLM
 * refuses while we wait, the row is put back and the caller told.
 */
export async function updateApiKey(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  input: Input,
): Promise<ApiKeyWithModels> {
  const change = await write(parts, actor, scope, id, input);
  parts.cache.invalidate({ of: 'key', tenantId: scope.tenantId, id });
  if (change.isLeased) await mirror(parts, actor, change);
  const found = await parts.storage.keys.find(scope, id);
  return found ?? { key: change.after, subscriptionModels: change.subscriptionModels };
}

async function write(parts: KeyParts, actor: Actor, scope: Scope, id: string, input: Input): Promise<Change> {
  const lease = requestLease(parts);
  const { tenantId } = scope;
  return parts.storage.transaction(async (stores) => {
    const found = await stores.keys.lock(scope, id);
    if (!found || found.key.lifecycle === 'creating' || found.key.lifecycle === 'aborting') throw keyNotFound();
    const before = found.key;
    if (before.lifecycle === 'deleting') {
      if (scope.userId !== undefined) throw keyNotFound(); // for its owner it is gone already
      throw new KeywrightError('key_not_active', 'The key is being deleted and cannot be changed.');
    }
    if (input.expiresAt !== undefined && apiKeyStatus(before, parts.clock.now()) === 'expired') {
      // it no longer counts to the user's limit, so it cannot come back past it
      throw new KeywrightError('key_not_active', 'The key has expired for good: create a new one.');
    }
    if (before.revokedAt) throw new KeywrightError('key_not_active', 'The key was revoked and cannot be changed.');
    const change: ApiKeyChange = { ...definedOnly(input), syncStatus: 'pending', syncError: null };
    await assertAllowed(parts, stores, { ...before, ...change }, input);
    const after = await stores.keys.update(tenantId, id, change);
    if (!after) throw keyNotFound();
    await stores.audit.append(
      tenantId,
      keyAudit(parts, actor, 'API_KEY_UPDATE', before, { before: auditApiKey(before), after: auditApiKey(after) }),
    );
    const isLeased = await stores.syncTasks.mark(tenantId, 'key', id, lease);
    const task = { tenantId, entity: 'key' as const, entityId: id };
    return {
      change,
      before,
      after,
      subscriptionModels: found.subscriptionModels,
      task,
      leaseToken: lease.token,
      isLeased,
    };
  });
}

/** The same bounds as at creation, for what would be stored; what the change does not touch is not held against it. */
async function assertAllowed(
  parts: KeyParts,
  stores: Pick<KeyParts['storage'], 'subscriptions' | 'users'>,
  wanted: ApiKey,
  input: Input,
): Promise<void> {
  const subscription = await stores.subscriptions.find(wanted.tenantId, wanted.subscriptionId);
  const user = await stores.users.find(wanted.tenantId, wanted.userId);
  if (!subscription || !user) throw keyNotFound();
  if (input.models !== undefined) assertModels(wanted.models, subscription.models);
  if (input.expiresAt !== undefined) assertExpiry(wanted.expiresAt, parts.clock.now());
  assertWithinParents(wanted, subscription, user);
}

async function mirror(parts: KeyParts, actor: Actor, change: Change): Promise<void> {
  const run = await carryOut(parts, change.task, change.leaseToken, parts.clock.now());
  if (run.result !== 'refused') return;
  await putBack(parts, actor, change, run.error);
  throw run.error;
}

/** Restores the row, unless it changed again meanwhile: then that change's own task decides. */
async function putBack(
  parts: KeyParts,
  actor: Actor,
  { change, before, after, task, leaseToken }: Change,
  refusal: KeywrightError,
): Promise<void> {
  await parts.storage.transaction(async (stores) => {
    const image: ApiKeyChange = { ...imageOf(before, change), syncStatus: 'pending' };
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
  parts.cache.invalidate({ of: 'key', tenantId: before.tenantId, id: before.id });
}

/** What the change touched, as it was before. */
function imageOf(before: ApiKey, change: ApiKeyChange): ApiKeyChange {
  return Object.fromEntries(Object.entries(before).filter(([field]) => field in change));
}
