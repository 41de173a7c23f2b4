import { randomUUID } from 'node:crypto';
import type { Actor } from '../actor.ts';
import { type AuditAction, type AuditData, auditEntry, type NewAuditEntry } from '../audit/audit-entry.ts';
import type { Background } from '../background.ts';
import { type Clock, withDeadline } from '../clock.ts';
import { KeywrightError } from '../errors.ts';
import type { Storage } from '../storage.ts';
import type { KeyMirror } from '../sync/ports.ts';
import type { SyncRun, SyncRunner } from '../sync/sync-runner.ts';
import type { Lease, SyncTaskKey } from '../sync/sync-task.ts';
import type { VerifyCache } from './verify-cache.ts';

/** What every management operation on keys works with. */
export interface KeyParts {
  storage: Storage;
  mirror: KeyMirror;
  runner: SyncRunner;
  cache: VerifyCache;
  clock: Clock;
  background: Background;
  namespace: string;
  secretBrand: string;
  maxKeysPerUser: number;
  /** How long a request tries to reach LiteLLM before it answers without. */
  gatewayDeadlineMs: number;
  /** How long a request holds the task of its own change. */
  leaseMs: number;
}

/** A lease that lasts longer than the request will try, so that no worker steps in while it still does. */
export function requestLease(parts: KeyParts): Lease {
  return { token: randomUUID(), ms: parts.leaseMs };
}

/** Carries out the task of the request's own change, within the request's deadline. */
export function carryOut(
  parts: KeyParts,
  task: SyncTaskKey,
  leaseToken: string,
  databaseNow: number,
): Promise<SyncRun> {
  return withDeadline(parts.clock, parts.gatewayDeadlineMs, (signal) =>
    parts.runner.run(task, leaseToken, 0, databaseNow, signal),
  );
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
