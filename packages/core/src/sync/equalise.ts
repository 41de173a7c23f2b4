import { auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { isKeywrightError, KeywrightError } from '../errors.ts';
import type { ApiKeySecretRecord } from '../keys/api-key.ts';
import type { KeyMirrorSource } from '../keys/ports.ts';
import type { Storage, Stores } from '../storage.ts';
import { compareMirror } from './compare-mirror.ts';
import { desiredKey, desiredUser } from './desired-mirror.ts';
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
  if (task.entity === 'user') return equaliseUser(parts, task, signal);
  if (task.entity === 'key') return equaliseKey(parts, task, databaseNow, signal);
  throw new KeywrightError('internal_error', `No synchronisation of ${task.entity} exists.`);
}

async function equaliseUser(
  { storage, mirror, namespace }: EqualiseParts,
  task: SyncTaskKey,
  signal: AbortSignal,
): Promise<Equalised> {
  const user = await storage.users.find(task.tenantId, task.entityId);
  if (!user) return nothingLeft;
  const desired = desiredUser(namespace, user);
  await mirror.ensureUser(desired, signal);
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
      return equaliseActive(parts, source, signal);
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
  { mirror, clock, namespace }: EqualiseParts,
  source: KeyMirrorSource,
  signal: AbortSignal,
): Promise<Equalised> {
  const { key, secrets } = source;
  const newest = secrets.find((secret) => secret.keyHash === key.keyHash);
  const actual = await mirror.findKey(key.keyHash, signal);
  if (!actual) {
    const error = 'LiteLLM does not hold this key, and its secret is not known to us: create a new key';
    return { kind: 'equal', record: (stores) => stores.keys.recordSync(key.tenantId, key.id, 'unmirrored', error) };
  }
  const change = compareMirror(desiredKey(namespace, source, newest?.generation ?? 1, clock.now()), actual);
  try {
    if (change) await mirror.updateKey(key.keyHash, change, signal);
  } catch (error) {
    if (isKeywrightError(error, 'gateway_unavailable')) return { kind: 'unsettled', error };
    throw error;
  }
  return { kind: 'equal', record: (stores) => stores.keys.recordSync(key.tenantId, key.id, 'synced', null) };
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

function lateCommitMs(secret: ApiKeySecretRecord, longestMs: number, databaseNow: number): number {
  return secret.mintingSince ? secret.mintingSince.getTime() + longestMs - databaseNow : 0;
}

function abortedEntry(clock: Clock, { key }: KeyMirrorSource) {
  const { tenantId, id: resourceId, name, keyPrefix, userId, syncError: reason } = key;
  const metadata = { name, keyPrefix, userId, reason };
  const action = 'API_KEY_CREATE_ABORTED' as const;
  return auditEntry(clock, undefined, { tenantId, action, resourceType: 'api_key', resourceId, metadata });
}
