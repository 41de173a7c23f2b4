import { z } from 'zod';
import { type Actor, authorise, type Reach } from '../actor.ts';
import { hostId, moment, parseInput } from '../input.ts';
import type { Page, PageRequest } from '../page.ts';
import { type AuditEntry, auditActions, auditResourceTypes } from './audit-entry.ts';
import type { AuditStore } from './ports.ts';

export const listAuditInput = z.strictObject({
  actorId: hostId.optional(),
  action: z.enum(auditActions, { error: `should be one of ${auditActions.join(', ')}` }).optional(),
  resourceType: z.enum(auditResourceTypes, { error: `should be one of ${auditResourceTypes.join(', ')}` }).optional(),
  resourceId: hostId.optional(),
  from: moment.optional(),
  to: moment.optional(),
});

export type ListAuditInput = z.input<typeof listAuditInput>;

/** Who did what, for admins and operators. */
export class AuditService {
  readonly #store: AuditStore;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  /** Newest first. */
  async list(
    actor: Actor,
    input: ListAuditInput,
    page: PageRequest,
    reach: Reach = { of: 'tenant' },
  ): Promise<Page<AuditEntry>> {
    const filter = parseInput(listAuditInput, input);
    const { tenantId } = authorise(actor, reach, 'read');
    return this.#store.list(tenantId, filter, page);
  }
}
