import { z } from 'zod';
import { hostId, text } from '../input.ts';

const flag = z.boolean({ error: 'should be true or false' });

const shared = {
  name: text(200).nullable().optional(),
  isActive: flag.optional(),
  /**
   * The LiteLLM team that the tenant's keys shall be in, of this tenant alone. It is created when it is not
   * there, and left as it is when it is. Beware: a key in a team escapes its user's budget there.
   */
  liteLlmTeamId: text(255).nullable().optional(),
};

export const createTenantInput = z.strictObject({ id: hostId, ...shared });

/** Body of a change. Absent: unchanged; null: cleared. */
export const updateTenantInput = z
  .strictObject(shared)
  .refine((change) => Object.keys(change).length > 0, 'should change at least one field');

export const listTenantsInput = z.strictObject({ search: text(100).optional(), isActive: flag.optional() });

export type CreateTenantInput = z.input<typeof createTenantInput>;
export type UpdateTenantInput = z.input<typeof updateTenantInput>;
export type ListTenantsInput = z.input<typeof listTenantsInput>;
