import type { ApiKey } from '@keywright/core';
import { secretsOf } from './memory-api-key-issue.ts';
import { type MemoryState, rowId } from './memory-state.ts';
import { mark } from './memory-sync-tasks.ts';

/** Marks every creating and active key that hangs on a parent. */
export function markKeysOf(
  state: MemoryState,
  tenantId: string,
  parent: { subscriptionId?: string; userId?: string },
  now: Date,
): number {
  const { userId } = parent;
  const subscriptionId = parent.subscriptionId?.toLowerCase();
  const keys = state.keys
    .all()
    .filter((key) => key.tenantId === tenantId && (key.lifecycle === 'creating' || key.lifecycle === 'active'))
    .filter((key) => userId === undefined || key.userId === userId)
    .filter((key) => subscriptionId === undefined || key.subscriptionId === subscriptionId);
  return markAll(state, keys, now);
}

/**
 * Marks active keys for which time alone changed something. A task that waits already, or was given up, is left as it
 * is; one that is being worked on may have looked before.
 */
export function markKeysChangedByTime(state: MemoryState, now: Date): number {
  const isLeft = (key: ApiKey) => state.tasks.get(rowId(key.tenantId, 'key', key.id))?.leaseUntil === null;
  const changed = state.keys
    .all()
    .filter((key) => key.lifecycle === 'active' && (isCrossed(state, key, now) || hasEndedSecret(state, key, now)))
    .filter((key) => !isLeft(key));
  return markAll(state, changed, now);
}

function markAll(state: MemoryState, keys: readonly Readonly<ApiKey>[], now: Date): number {
  for (const key of keys) mark(state, { tenantId: key.tenantId, entity: 'key', entityId: key.id }, now);
  return keys.length;
}

/** Whether time passed a boundary of the key's subscription since LiteLLM was last told. */
function isCrossed(state: MemoryState, key: Readonly<ApiKey>, now: Date): boolean {
  const subscription = state.subscription(key.tenantId, key.subscriptionId);
  const since = key.lastSyncAt ?? key.createdAt;
  const boundaries = [subscription?.startsAt, subscription?.expiresAt];
  return boundaries.some((at) => at && at <= now && at > since);
}

function hasEndedSecret(state: MemoryState, key: Readonly<ApiKey>, now: Date): boolean {
  const isEnded = (validUntil: Date | null) => validUntil !== null && validUntil <= now;
  return secretsOf(state, key.id).some((secret) => secret.state === 'retiring' && isEnded(secret.validUntil));
}
