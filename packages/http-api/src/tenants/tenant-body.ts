import { redactSecrets, syncStatuses, type Tenant } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { momentOrNull, wire } from '../wire-fields.ts';

export const tenantSchema = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable(),
    isActive: z.boolean(),
    liteLlmTeamId: z.string().nullable().meta({ description: 'The team in LiteLLM that its keys are in; null: none.' }),
    syncStatus: z
      .enum(syncStatuses)
      .nullable()
      .meta({ description: 'How the team in LiteLLM stands to this; null without a team.' }),
    syncError: z.string().nullable(),
    lastSyncAt: wire.moment.nullable(),
    createdAt: wire.moment,
    updatedAt: wire.moment,
  })
  .meta({ id: 'Tenant', description: 'An organisation. Everything else belongs to one.' });

export const tenantListSchema = listSchema(tenantSchema).meta({ id: 'TenantList' });

export function tenantBody(tenant: Tenant): z.output<typeof tenantSchema> {
  return {
    id: tenant.id,
    name: tenant.name,
    isActive: tenant.isActive,
    liteLlmTeamId: tenant.liteLlmTeamId,
    syncStatus: tenant.syncStatus,
    syncError: tenant.syncError === null ? null : redactSecrets(tenant.syncError),
    lastSyncAt: momentOrNull(tenant.lastSyncAt),
    createdAt: tenant.createdAt.toISOString(),
    updatedAt: tenant.updatedAt.toISOString(),
  };
}
