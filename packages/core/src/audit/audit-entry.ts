import type { Actor } from '../actor.ts';

export const auditActions = [
  'API_KEY_CREATE',
  'API_KEY_CREATE_ABORTED',
  'API_KEY_UPDATE',
  'API_KEY_UPDATE_REVERTED',
  'API_KEY_DELETE',
  'SUBSCRIPTION_CREATE',
  'SUBSCRIPTION_UPDATE',
  'SUBSCRIPTION_DELETE',
  'SYNC_TASK_RETRY',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Plain JSON. Never a secret: entries outlive what they describe. */
export type AuditData = Record<string, unknown>;

/** What was done, by whom, to what. Written in the same transaction as the change. */
export interface AuditEntry {
  id: string;
  tenantId: string;
  actorId: string;
  actorRoles: readonly string[];
  action: AuditAction;
  resourceType: 'api_key' | 'subscription' | 'user' | 'sync_task';
  resourceId: string;
  before: AuditData | null;
  after: AuditData | null;
  metadata: AuditData | null;
  requestId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  createdAt: Date;
}

/** An entry before the store gives it its time. */
export type NewAuditEntry = Omit<AuditEntry, 'createdAt'>;

/** The worker acts by itself when it finishes what a request left; this is its name in the audit log. */
export const systemActorId = 'keywright';

/** The actor's part of an entry. Without an actor: the system's own. */
export function auditActor(
  actor: Actor | undefined,
): Pick<AuditEntry, 'actorId' | 'actorRoles' | 'requestId' | 'ipAddress' | 'userAgent'> {
  return {
    actorId: actor?.userId ?? systemActorId,
    actorRoles: actor?.roles ?? ['system'],
    requestId: actor?.origin?.requestId ?? null,
    ipAddress: actor?.origin?.ipAddress ?? null,
    userAgent: actor?.origin?.userAgent ?? null,
  };
}
