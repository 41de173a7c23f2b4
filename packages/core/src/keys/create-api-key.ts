import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import { withDeadline } from '../clock.ts';
import { invalidField, isKeywrightError, KeywrightError } from '../errors.ts';
import { canonicalId, uuidv7 } from '../ids.ts';
import { definedOnly } from '../input.ts';
import type { IssueContext } from '../subscriptions/ports.ts';
import { isSubscriptionActive } from '../subscriptions/subscription.ts';
import { desiredKey } from '../sync/desired-mirror.ts';
import { mintKey } from '../sync/mint-key.ts';
import { mirrorParents } from '../sync/mirror-parents.ts';
import type { ApiKey } from './api-key.ts';
import type { createApiKeyInput } from './api-key-input.ts';
import { type ApiKeySecret, generateSecret } from './api-key-secret.ts';
import { auditApiKey } from './api-key-view.ts';
import { assertInTime, carryOut, type KeyParts, keyAudit, type RequestLease, requestLease } from './key-parts.ts';
import { assertWithinParents } from './limits.ts';
import { defaultPermissions } from './permissions.ts';
import type { NewApiKey } from './ports.ts';

export interface KeyOwner {
  tenantId: string;
  userId: string;
}

type Input = z.output<typeof createApiKeyInput>;

/** A key that is written but not yet in LiteLLM. */
interface Creation {
  key: ApiKey;
  secret: ApiKeySecret;
  lease: RequestLease;
  context: IssueContext;
}

const nothingCreated = 'Nothing was created; try again.';
const unavailable = `LiteLLM did not confirm the key in time. ${nothingCreated}`;

/**
 * Creates a key in both systems or in neither. The row comes first, in lifecycle `creating`, with a leased sync task;
 * then the one call to LiteLLM, with a secret chosen here; then the activation, compare-and-set on the lease. Whatever
 * fails in between leaves a row that the worker takes out of both systems.
 */
export async function createApiKey(
  parts: KeyParts,
  actor: Actor,
  owner: KeyOwner,
  input: Input,
): Promise<{ key: ApiKey; secret: ApiKeySecret; subscriptionModels: string[] }> {
  const creation = await write(parts, owner, input);
  const minting = await mint(parts, creation);
  if (minting.outcome !== 'held') {
    await abort(parts, creation, minting.outcome, minting.error.message);
    if (minting.error.code === 'gateway_refused') throw minting.error;
    const message = minting.outcome === 'refused' ? `${minting.error.message} ${nothingCreated}` : unavailable;
    throw new KeywrightError('gateway_unavailable', message, { cause: minting.error, retryAfterSeconds: 5 });
  }
  const key = await activate(parts, actor, creation);
  parts.invalidations.announceSecret(key.keyHash);
  return { key, secret: creation.secret, subscriptionModels: creation.context.subscription.models };
}

/** Decides and writes the row, its secret's hash and its task, in one transaction of four statements. */
async function write(parts: KeyParts, owner: KeyOwner, input: Input): Promise<Creation> {
  const secret = generateSecret(parts.secretBrand);
  const lease = requestLease(parts);
  const id = uuidv7(parts.clock.now());
  return parts.storage.transaction(async (stores) => {
    const context = await stores.subscriptions.lockForIssue(
      owner.tenantId,
      owner.userId,
      input.subscriptionId && canonicalId(input.subscriptionId),
    );
    if (!context) throw subscriptionNotFound(input.subscriptionId);
    assertMayIssue(context, parts.clock.now());
    const newKey = toNewKey(id, secret, owner, context, input);
    assertModels(newKey.models, context.subscription.models);
    assertExpiry(newKey.expiresAt, parts.clock.now());
    assertWithinParents(newKey, context.subscription, context.user);
    const key = await stores.keys.insertCreating(owner.tenantId, newKey, lease, parts.maxKeysPerUser);
    if (!key) {
      const message = `A user may have ${parts.maxKeysPerUser} API keys. Delete one that is no longer needed.`;
      throw new KeywrightError('key_limit_reached', message);
    }
    return { key, secret, lease, context };
  });
}

/** Makes LiteLLM hold the key; its user and team first, when LiteLLM is not known to have them. */
async function mint(parts: KeyParts, { key, secret, context, lease }: Creation) {
  const secretRow = { keyHash: key.keyHash, generation: 1, validUntil: null };
  const desired = desiredKey(parts.namespace, { key, ...context }, secretRow, parts.clock.now());
  try {
    return await withDeadline(parts.clock, parts.gatewayDeadlineMs, async (signal) => {
      await mirrorParents(parts, context, signal);
      assertInTime(parts, lease);
      return mintKey(parts.mirror, desired, secret, signal);
    });
  } catch (error) {
    // of the user's creation: the key itself was never asked for, so no late commit of it can follow
    if (isKeywrightError(error)) return { outcome: 'refused' as const, error };
    throw error;
  }
}

/** creating -> active. A commit whose outcome is not known is read back before anything is answered. */
async function activate(parts: KeyParts, actor: Actor, { key, lease }: Creation): Promise<ApiKey> {
  const audit = keyAudit(parts, actor, 'API_KEY_CREATE', key, { after: auditApiKey(key) });
  const { keys } = parts.storage;
  let active: ApiKey | undefined;
  try {
    active = await keys.activate(key.tenantId, key.id, lease.token, audit);
  } catch (error) {
    if (!isKeywrightError(error, 'storage_unavailable')) throw error;
    const found = await keys.find({ tenantId: key.tenantId }, key.id);
    if (found?.key.lifecycle !== 'active') throw error; // not committed: the worker undoes it when the lease runs out
    active = found.key;
  }
  if (!active) throw new KeywrightError('gateway_unavailable', unavailable, { retryAfterSeconds: 5 });
  return active;
}

/**
 * creating -> aborting, then the clean-up goes on behind the answer. What fails here the worker does, when the lease
 * has run out.
 */
async function abort(
  parts: KeyParts,
  { key, lease }: Creation,
  outcome: 'refused' | 'unknown',
  reason: string,
): Promise<void> {
  const { keys } = parts.storage;
  if (outcome === 'refused') await keys.settleMinting(key.tenantId, key.keyHash);
  const aborting = await keys.moveLifecycle(key.tenantId, key.id, ['creating'], 'aborting', reason);
  if (!aborting) return;
  const task = { tenantId: key.tenantId, entity: 'key' as const, entityId: key.id };
  // without the database's clock at hand the late commit is waited for in full, from the row's own beginning
  parts.background.run('Undoing a creation', () => carryOut(parts, task, lease.token, key.createdAt.getTime()));
}

/** What a creation that says nothing means: no limits of its own, everything that the subscription allows. */
const unlimited = {
  models: null,
  maxBudget: null,
  softBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  maxParallelRequests: null,
  quotaLimit: null,
  expiresAt: null,
};

function toNewKey(id: string, secret: ApiKeySecret, owner: KeyOwner, context: IssueContext, input: Input): NewApiKey {
  const { subscriptionId, ...wanted } = input;
  const open = { permissions: [...defaultPermissions], allowedIps: [], tags: [], metadata: {} };
  return {
    ...unlimited,
    ...open,
    ...definedOnly(wanted),
    name: input.name,
    id,
    userId: owner.userId,
    subscriptionId: context.subscription.id,
    keyHash: secret.hash,
    keyPrefix: secret.prefix,
  };
}

function subscriptionNotFound(id: string | undefined): KeywrightError {
  const message =
    id === undefined
      ? 'The user has no default subscription: name one as subscriptionId, or let an admin create one.'
      : 'There is no such subscription of this user.';
  return new KeywrightError('subscription_not_found', message);
}

function assertMayIssue({ tenant, user, subscription }: IssueContext, nowMs: number): void {
  if (!tenant.isActive) throw new KeywrightError('tenant_inactive', 'The tenant is deactivated.');
  if (!user.isActive) throw new KeywrightError('user_inactive', 'The user is deactivated.');
  if (isSubscriptionActive(subscription, nowMs)) return;
  const why = subscription.status === 'active' ? 'outside its validity' : subscription.status;
  throw new KeywrightError('subscription_inactive', `The subscription is ${why}; a key needs an active one.`);
}

export function assertModels(models: readonly string[] | null, allowed: readonly string[]): void {
  const missing = models?.filter((model) => !allowed.includes(model)) ?? [];
  if (missing.length === 0) return;
  const message = `Not in the subscription: ${missing.join(', ')}. It allows ${allowed.join(', ')}.`;
  throw new KeywrightError('model_not_in_subscription', message, {
    errors: missing.map((model) => ({ path: 'models', message: `${model} is not in the subscription` })),
  });
}

export function assertExpiry(expiresAt: Date | null, nowMs: number): void {
  if (!expiresAt || expiresAt.getTime() > nowMs) return;
  throw invalidField('expiresAt', 'should lie in the future');
}
