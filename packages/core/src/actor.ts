import { KeywrightError } from './errors.ts';

/** `admin` and `admin-readonly` are roles within the actor's own tenant, `operator` is one of the whole platform. */
export const roles = ['user', 'admin', 'admin-readonly', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who performs a management call. Given by the host, never taken from a request body. */
export interface Actor {
  tenantId: string;
  userId: string;
  roles: readonly Role[];
  /** Where the call came from; goes into the audit log. */
  origin?: RequestOrigin;
}

export interface RequestOrigin {
  requestId?: string;
  ipAddress?: string;
  userAgent?: string;
}

/**
 * Whose rows a call is about: the actor's own (default), or those of a whole tenant, for which a role is needed.
 * Only an operator may name a tenant other than the actor's.
 */
export type Reach = { of: 'own' } | { of: 'tenant'; tenantId?: string | undefined };

/** A reach after authorisation: the tenant, and the user when only that user's rows may be seen. */
export interface Scope {
  tenantId: string;
  userId?: string;
}

export const own: Reach = { of: 'own' };

/** Decides what an actor may touch. Throws `forbidden` with what would be needed. */
export function authorise(actor: Actor, reach: Reach, access: 'read' | 'write'): Scope {
  if (reach.of === 'own') return { tenantId: actor.tenantId, userId: actor.userId };
  const tenantId = reach.tenantId ?? actor.tenantId;
  if (actor.roles.includes('operator')) return { tenantId };
  if (tenantId !== actor.tenantId) throw new KeywrightError('forbidden', 'Another tenant needs the role operator.');
  if (actor.roles.includes('admin')) return { tenantId };
  if (access === 'read' && actor.roles.includes('admin-readonly')) return { tenantId };
  const needed = access === 'read' ? 'admin, admin-readonly or operator' : 'admin or operator';
  throw new KeywrightError('forbidden', `This needs the role ${needed}.`);
}

/** For what concerns every tenant. Throws `forbidden`. */
export function assertOperator(actor: Actor): void {
  if (!actor.roles.includes('operator')) throw new KeywrightError('forbidden', 'This needs the role operator.');
}
