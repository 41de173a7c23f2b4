import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { uuidv7 } from '../ids.ts';

export const auditActions = [
  'API_KEY_CREATE',
  'API_KEY_CREATE_ABORTED',
  'API_KEY_UPDATE',
  'API_KEY_UPDATE_REVERTED',
  'API_KEY_BLOCK',
  'API_KEY_UNBLOCK',
  'API_KEY_ROTATE',
  'API_KEY_ROTATE_ABORTED',
  'API_KEY_DELETE',
  'API_KEY_UNMIRRORED',
  'LITELLM_ORPHAN_DELETE',
  'SUBSCRIPTION_CREATE',
  'SUBSCRIPTION_UPDATE',
  'SUBSCRIPTION_DELETE',
  'USER_UPDATE',
  'TENANT_CREATE',
  'TENANT_UPDATE',
  'SYNC_TASK_RETRY',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const auditResourceTypes = ['api_key', 'subscription', 'user', 'tenant', 'sync_task'] as const;
export type AuditResourceType = (typeof auditResourceTypes)[number];

/** Plain JSON. Never a secret: entries outlive what they describe. */
export type AuditData = Record<string, unknown>;

/** What was done, by whom, to what. Written in the same transaction as the change. */
export interface AuditEntry {
  id: string;
  tenantId: string;
  actorId: string;
  actorRoles: readonly string[];
  action: AuditAction;
  resourceType: AuditResourceType;
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

/** An entry of an actor's doing, or of the system's own when there is none. */
export function auditEntry(
  clock: Clock,
  actor: Actor | undefined,
  what: Pick<AuditEntry, 'tenantId' | 'action' | 'resourceType' | 'resourceId'> &
    Partial<Pick<AuditEntry, 'before' | 'after' | 'metadata'>>,
): NewAuditEntry {
  return {
    id: uuidv7(clock.now()),
    actorId: actor?.userId ?? systemActorId,
    actorRoles: actor?.roles ?? ['system'],
    requestId: actor?.origin?.requestId ?? null,
    ipAddress: actor?.origin?.ipAddress ?? null,
    userAgent: actor?.origin?.userAgent ?? null,
    before: null,
    after: null,
    metadata: null,
    ...what,
  };
}
