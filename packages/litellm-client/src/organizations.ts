import { z } from 'zod';
import { normalised } from './durations.ts';
import type { Transport } from './transport.ts';
import { amount, type NonEmpty, type NonEmptyModels, names, record, text } from './wire.ts';

export interface CreateOrganizationRequest {
  organization_alias: string;
  /** Absent: LiteLLM makes one. */
  organization_id?: string | undefined;
  /** Absent: all models. */
  models?: NonEmptyModels | undefined;
  /** USD. */
  max_budget?: number | undefined;
  /** As of a key. */
  budget_duration?: string | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** Only what shall change. */
export interface UpdateOrganizationRequest extends Partial<CreateOrganizationRequest> {
  organization_id: string;
}

const organization = z.looseObject({
  organization_id: z.string(),
  organization_alias: text,
  budget_id: text,
  models: names,
  spend: amount,
  metadata: record,
  litellm_budget_table: z.looseObject({ max_budget: amount, budget_duration: text }).nullable().default(null),
});

/** An organization as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmOrganization = z.output<typeof organization>;

/**
 * /organization routes, as far as keys need them. Newer versions (1.109.1; 1.81.12 does not) answer every one of them
 * with `enterprise_required` when they have no licence. Every method throws {@link LiteLlmError}.
 */
export interface OrganizationsClient {
  create(request: CreateOrganizationRequest, signal?: AbortSignal): Promise<LiteLlmOrganization>;
  info(organizationId: string, signal?: AbortSignal): Promise<LiteLlmOrganization>;
  /** All of them: LiteLLM does not page this list. */
  list(signal?: AbortSignal): Promise<LiteLlmOrganization[]>;
  update(request: UpdateOrganizationRequest, signal?: AbortSignal): Promise<LiteLlmOrganization>;
  delete(organizationIds: NonEmpty, signal?: AbortSignal): Promise<void>;
}

export function createOrganizationsClient(transport: Transport): OrganizationsClient {
  return {
    create: async (request, signal) =>
      transport.once('organization/new', organization, { json: normalised(request), signal }),
    info: (organizationId, signal) =>
      transport.read('organization/info', organization, { query: { organization_id: organizationId }, signal }),
    list: (signal) => transport.read('organization/list', z.array(organization), { signal }),
    update: async (request, signal) =>
      transport.change('organization/update', organization, { method: 'PATCH', json: normalised(request), signal }),
    async delete(organizationIds, signal) {
      const json = { organization_ids: organizationIds };
      await transport.change('organization/delete', z.unknown(), { method: 'DELETE', json, signal });
    },
  };
}
