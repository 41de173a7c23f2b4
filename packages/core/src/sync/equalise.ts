import { auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { isKeywrightError, KeywrightError } from '../errors.ts';
import { abandonRotation } from '../keys/abandon-rotation.ts';
import type { ApiKeySecretRecord } from '../keys/api-key.ts';
import type { KeyMirrorSource } from '../keys/ports.ts';
import type { Storage, Stores } from '../storage.ts';
import { compareMirror } from './compare-mirror.ts';
import { desiredKey, desiredTeam, desiredUser } from './desired-mirror.ts';
import { mirrorParents } from './mirror-parents.ts';
import type { KeyMirror } from './ports.ts';
import type { SyncTaskKey } from './sync-task.ts';

/**
 * How an attempt ended. `equal`: both sides agree; `record` is written in the transaction that ends the task.
 * `wait`: nothing is wrong, but a look is due later.
 */
export type Equalised =
  | { kind: 'equal'; record: (stores: Stores) => Promise<unknown> }
  | { kind: 'wait'; ms: number; reason: string }
  /** LiteLLM was asked for a change and did not answer: it may still commit it, after a newer one. */
  | { kind: 'unsettled'; error: KeywrightError };

export interface EqualiseParts {
  storage: Storage;
  mirror: KeyMirror;
  clock: Clock;
  namespace: string;
  /** LiteLLM's longest request time: how long after a creation was asked for it may still commit. */
  lateCommitMs: number;
  /** How long the request that rotates a key may take before the worker undoes what it began. */
  leaseMs: number;
}

const nothingLeft: Equalised = { kind: 'equal', record: async () => {} };

/**
 * Makes LiteLLM equal one row: reads the row, reads upstream where needed, closes the difference. Level-triggered:
 * whoever calls it, and however often, the newest row wins. Throws `gateway_refused` and `gateway_unavailable`.
 *
 * @param databaseNow what the database's clock says, in milliseconds; late commits are counted on it
 */
export async function equalise(
  parts: EqualiseParts,
  task: SyncTaskKey,
  databaseNow: number,
  signal: AbortSignal,
): Promise<Equalised> {
  try {
    switch (task.entity) {
      case 'user':
        return await equaliseUser(parts, task, signal);
      case 'team':
        return await equaliseTeam(parts, task, signal);
      case 'key':
        return await equaliseKey(parts, task, databaseNow, signal);
    }
  } catch (error) {
    if (error instanceof Unanswered) return { kind: 'unsettled', error };
    throw error;
  }
}

async function equaliseTeam(
  { storage, mirror }: EqualiseParts,
  task: SyncTaskKey,
  signal: AbortSignal,
): Promise<Equalised> {
  const tenant = await storage.tenants.find(task.tenantId);
  if (!tenant || tenant.liteLlmTeamId === null) return nothingLeft;
  await answered(mirror.ensureTeam(desiredTeam(tenant, tenant.liteLlmTeamId), signal));
  return { kind: 'equal', record: (stores) => stores.tenants.recordSync(tenant.id, 'synced', null) };
}

async function equaliseUser(
  { storage, mirror, namespace }: EqualiseParts,
  task: SyncTaskKey,
  signal: AbortSignal,
): Promise<Equalised> {
  const user = await storage.users.find(task.tenantId, task.entityId);
  if (!user) return nothingLeft;
  const desired = desiredUser(namespace, user);
  await answered(mirror.ensureUser(desired, signal));
  const synced = { status: 'synced' as const, liteLlmUserId: desired.liteLlmUserId };
  return { kind: 'equal', record: (stores) => stores.users.recordSync(task.tenantId, user.id, synced) };
}

async function equaliseKey(
  parts: EqualiseParts,
  task: SyncTaskKey,
  databaseNow: number,
  signal: AbortSignal,
): Promise<Equalised> {
  const source = await parts.storage.keys.mirrorSource(task.tenantId, task.entityId);
  switch (source?.key.lifecycle) {
    case undefined:
      return nothingLeft;
    case 'active':
      return equaliseActive(parts, source, databaseNow, signal);
    case 'deleting':
      return removeKey(parts, source, databaseNow, signal);
    case 'creating': {
      // Before LiteLLM is touched: from here on the request that creates can no longer activate the key.
      const reason = 'the request that created it did not finish';
      const moved = await parts.storage.keys.moveLifecycle(
        task.tenantId,
        source.key.id,
        ['creating'],
        'aborting',
        reason,
      );
      return moved
        ? removeKey(parts, { ...source, key: moved }, databaseNow, signal)
        : equaliseKey(parts, task, databaseNow, signal);
    }
    case 'aborting':
      return removeKey(parts, source, databaseNow, signal);
  }
}

async function equaliseActive(
  parts: EqualiseParts,
  source: KeyMirrorSource,
  databaseNow: number,
  signal: AbortSignal,
): Promise<Equalised> {
  const { key } = source;
  const nowMs = parts.clock.now();
  let waitMs = 0;
  let isHeld = true;
  const failures: KeywrightError[] = [];
  for (const secret of source.secrets) {
    const mintingMs = mintingLeftMs(secret, parts.leaseMs, databaseNow);
    try {
      if (mintingMs > 0) {
        waitMs = Math.max(waitMs, mintingMs); // the request that rotates is still at it
      } else if (secret.state === 'minting' || isOver(secret, nowMs)) {
        waitMs = Math.max(waitMs, await endSecret(parts, source, secret, databaseNow, signal));
      } else {
        const held = await equaliseSecret(parts, source, secret, nowMs, signal);
        if (secret.keyHash === key.keyHash) isHeld = held;
      }
    } catch (error) {
      if (!isKeywrightError(error)) throw error;
      failures.push(error); // one secret keeps nothing from the others
    }
  }
  const failure = failures.find((error) => error instanceof Unanswered) ?? failures[0];
  if (failure) throw failure;
  if (waitMs > 0)
    return { kind: 'wait', ms: waitMs, reason: 'a rotation is under way, or LiteLLM may still commit it' };
  const [status, error] = isHeld ? (['synced', null] as const) : (['unmirrored', notHeld] as const);
  const asOf = new Date(nowMs);
  return { kind: 'equal', record: (stores) => stores.keys.recordSync(key.tenantId, key.id, status, error, asOf) };
}

const notHeld = 'LiteLLM does not hold this key, and its secret is not known to us: rotate it, or create a new key';

/**
 * Whether LiteLLM holds it. What ends access goes by itself and first, so that another field which LiteLLM refuses
 * cannot keep it away: the block, and the end of a secret that was replaced.
 */
async function equaliseSecret(
  parts: EqualiseParts,
  source: KeyMirrorSource,
  secret: ApiKeySecretRecord,
  nowMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { mirror, namespace } = parts;
  let actual = await mirror.findKey(secret.keyHash, signal);
  if (!actual) return false;
  const desired = desiredKey(namespace, source, secret, nowMs);
  if (desired.blocked && !actual.blocked) {
    await answered(mirror.blockKey(secret.keyHash, signal));
    actual = { ...actual, blocked: true };
  }
  const { expiresAt, ...change } = compareMirror(desired, actual) ?? {};
  if (expiresAt && secret.state === 'retiring') {
    await answered(mirror.updateKey(secret.keyHash, { expiresAt }, signal));
  } else if (expiresAt !== undefined) {
    Object.assign(change, { expiresAt });
  }
  if (typeof change.liteLlmTeamId === 'string') {
    await mirrorParents(parts, source, signal);
    if (change.liteLlmUserId !== undefined) {
      // LiteLLM asks whether the user that the key has now is a member
      await answered(mirror.updateKey(secret.keyHash, { liteLlmUserId: change.liteLlmUserId }, signal));
      delete change.liteLlmUserId;
    }
    await mirror.ensureTeamMember(change.liteLlmTeamId, desired.liteLlmUserId, signal);
  }
  if (Object.keys(change).length > 0) await answered(mirror.updateKey(secret.keyHash, change, signal));
  return true;
}

/** LiteLLM was asked for a change and did not answer: it may still commit it, after a newer one. */
class Unanswered extends KeywrightError {}

async function answered(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isKeywrightError(error, 'gateway_unavailable')) throw error;
    throw new Unanswered(error.code, error.message, { cause: error });
  }
}

/** How long a request may still be at it; 0 when it is not minting. */
function mintingLeftMs({ state, mintingSince }: ApiKeySecretRecord, leaseMs: number, databaseNow: number): number {
  return state === 'minting' ? (mintingSince?.getTime() ?? 0) + leaseMs - databaseNow : 0;
}

function isOver({ state, validUntil }: ApiKeySecretRecord, nowMs: number): boolean {
  return state === 'retiring' && validUntil !== null && validUntil.getTime() <= nowMs;
}

/** Takes one secret of a key out of both systems. How long LiteLLM may still commit it, when it may. */
async function endSecret(
  parts: EqualiseParts,
  { key }: KeyMirrorSource,
  secret: ApiKeySecretRecord,
  databaseNow: number,
  signal: AbortSignal,
): Promise<number> {
  if (secret.state === 'minting') {
    const reason = 'the request that rotated it did not finish';
    if (!(await abandonRotation(parts, undefined, key, secret, reason))) return 1; // it did, just now: look again
  }
  await removeSecret(parts.mirror, secret, signal);
  const lateMs = lateCommitMs(secret, parts.lateCommitMs, databaseNow);
  if (lateMs === 0) await parts.storage.keys.removeSecret(secret.tenantId, secret.keyHash);
  return lateMs;
}

/**
 * Takes a key that is going away out of LiteLLM, every secret of it, and confirms each. A creation whose answer was
 * never seen may commit late: then the row stays, and the same is done once more when it no longer can.
 */
async function removeKey(
  parts: EqualiseParts,
  source: KeyMirrorSource,
  databaseNow: number,
  signal: AbortSignal,
): Promise<Equalised> {
  const { key, secrets } = source;
  for (const secret of secrets) await removeSecret(parts.mirror, secret, signal);
  const lateMs = Math.max(0, ...secrets.map((secret) => lateCommitMs(secret, parts.lateCommitMs, databaseNow)));
  if (lateMs > 0) return { kind: 'wait', ms: lateMs, reason: 'LiteLLM may still commit the creation' };
  return {
    kind: 'equal',
    record: async (stores) => {
      const removed = await stores.keys.remove(key.tenantId, key.id, ['aborting', 'deleting']);
      if (removed && key.lifecycle === 'aborting')
        await stores.audit.append(key.tenantId, abortedEntry(parts.clock, source));
    },
  };
}

async function removeSecret(mirror: KeyMirror, secret: ApiKeySecretRecord, signal: AbortSignal): Promise<void> {
  await mirror.blockKey(secret.keyHash, signal); // access ends even where the deletion is only half done
  await mirror.deleteKey(secret.keyHash, signal);
  const left = await mirror.findKey(secret.keyHash, signal);
  if (left) throw new KeywrightError('gateway_unavailable', 'LiteLLM still holds the key after deleting it.');
}

/** How long LiteLLM may still commit a secret; in full where the database's clock is not known. */
function lateCommitMs(secret: ApiKeySecretRecord, longestMs: number, databaseNow: number): number {
  if (!secret.mintingSince) return 0;
  return Math.min(longestMs, Math.max(0, secret.mintingSince.getTime() + longestMs - databaseNow));
}

function abortedEntry(clock: Clock, { key }: KeyMirrorSource) {
  const { tenantId, id: resourceId, name, keyPrefix, userId, syncError: reason } = key;
  const metadata = { name, keyPrefix, userId, reason };
  const action = 'API_KEY_CREATE_ABORTED' as const;
  return auditEntry(clock, undefined, { tenantId, action, resourceType: 'api_key', resourceId, metadata });
}
