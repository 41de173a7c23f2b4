import { randomUUID } from 'node:crypto';
import type { Actor, Scope } from '../actor.ts';
import { type AuditAction, type AuditData, auditEntry, type NewAuditEntry } from '../audit/audit-entry.ts';
import type { Background } from '../background.ts';
import { type Clock, withDeadline } from '../clock.ts';
import { KeywrightError } from '../errors.ts';
import { type Logger, messageOf } from '../logger.ts';
import type { Storage } from '../storage.ts';
import type { KeyMirror } from '../sync/ports.ts';
import type { SyncRun, SyncRunner } from '../sync/sync-runner.ts';
import type { Lease, SyncTaskKey } from '../sync/sync-task.ts';
import type { Invalidations } from './invalidations.ts';
import type { ApiKeyWithModels } from './ports.ts';

/** What every management operation on keys works with. */
export interface KeyParts {
  storage: Storage;
  mirror: KeyMirror;
  runner: SyncRunner;
  invalidations: Invalidations;
  clock: Clock;
  background: Background;
  logger: Logger;
  namespace: string;
  secretBrand: string;
  maxKeysPerUser: number;
  /** How long a request tries to reach LiteLLM before it answers without. */
  gatewayDeadlineMs: number;
  /** How long a request holds the task of its own change. */
  leaseMs: number;
}

/** A lease that lasts longer than the request will try, so that no worker steps in while it still does. */
export function requestLease(parts: KeyParts): RequestLease {
  return { token: randomUUID(), ms: parts.leaseMs, endsAt: parts.clock.now() + parts.leaseMs };
}

export interface RequestLease extends Lease {
  /** In milliseconds since the epoch. */
  endsAt: number;
}

/**
 * Before LiteLLM is asked for a key: a process that stood still since it wrote the row would ask for one that the worker
 * has taken away already. Throws `gateway_unavailable`.
 */
export function assertInTime(parts: KeyParts, lease: RequestLease): void {
  if (parts.clock.now() < lease.endsAt) return;
  throw new KeywrightError('gateway_unavailable', 'The request took too long.', { retryAfterSeconds: 5 });
}

/**
 * Carries out the task of the request's own change, within the request's deadline. The change is committed: a database
 * that fails now is no reason to tell the caller otherwise, so the result is `later` then, and the worker goes on.
 */
export async function carryOut(
  parts: KeyParts,
  task: SyncTaskKey,
  leaseToken: string,
  databaseNow: number,
): Promise<SyncRun> {
  try {
    return await withDeadline(parts.clock, parts.gatewayDeadlineMs, (signal) =>
      parts.runner.run(task, leaseToken, 0, databaseNow, signal),
    );
  } catch (error) {
    parts.logger.warn('A committed change is left to the worker', { ...task, error: messageOf(error) });
    return { result: 'later' };
  }
}

/** As `carryOut`, for a change that stands whatever LiteLLM says: a refusal is for operators, who see the dead entry. */
export async function carryOutAnyway(
  parts: KeyParts,
  task: SyncTaskKey,
  leaseToken: string,
  databaseNow: number,
): Promise<'done' | 'pending'> {
  const run = await carryOut(parts, task, leaseToken, databaseNow);
  if (run.result === 'refused') {
    const { error } = run;
    await parts.runner.bury(task, leaseToken, error).catch((failure: unknown) => {
      parts.logger.warn('A refusal is left to the worker', { ...task, error: messageOf(failure) });
    });
  }
  return run.result === 'done' ? 'done' : 'pending';
}

/** A key as it is now; what is known of it when it cannot be read after a change that is committed. */
export async function readAgain(parts: KeyParts, scope: Scope, known: ApiKeyWithModels): Promise<ApiKeyWithModels> {
  const found = await parts.storage.keys.find(scope, known.key.id).catch(() => known);
  return found ?? known;
}

export function keyNotFound(): KeywrightError {
  return new KeywrightError('key_not_found', 'There is no such API key, or it is not yours.');
}

export function keyAudit(
  { clock }: Pick<KeyParts, 'clock'>,
  actor: Actor,
  action: AuditAction,
  key: { id: string; tenantId: string },
  data: { before?: AuditData; after?: AuditData; metadata?: AuditData },
): NewAuditEntry {
  const { id: resourceId, tenantId } = key;
  return auditEntry(clock, actor, { tenantId, action, resourceType: 'api_key', resourceId, ...data });
}
