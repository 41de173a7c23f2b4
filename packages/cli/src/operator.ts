import type { Actor, Reach } from '@keywright/core';
import { version } from './version.ts';

/** Whoever may run the CLI against the database is an operator; the audit log names it `cli`. */
export function operatorActor(tenantId: string): Actor {
  return { tenantId, userId: 'cli', roles: ['operator'], origin: { userAgent: `keywright-cli/${version}` } };
}

/** For what concerns every tenant: the operator's own plays no part there. */
export const platformOperator: Actor = operatorActor('-');

export function tenantReach(tenantId: string): Reach {
  return { of: 'tenant', tenantId };
}
