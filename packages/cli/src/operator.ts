import type { Actor, Reach } from '@keywright/core';
import { version } from './version.ts';

/** Whoever may run the CLI against the database is an operator; the audit log names it `cli`. */
export function operatorActor(tenantId: string): Actor {
  return { tenantId, userId: 'cli', roles: ['operator'], origin: { userAgent: `keywright-cli/${version}` } };
}

export function tenantReach(tenantId: string): Reach {
  return { of: 'tenant', tenantId };
}
