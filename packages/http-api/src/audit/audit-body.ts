import { type AuditEntry, auditActions, auditResourceTypes } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { wire } from '../wire-fields.ts';

const data = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z
  .strictObject({
    id: z.uuid(),
    tenantId: z.string(),
    actorId: z.string(),
    actorRoles: z.array(z.string()),
    action: z.enum(auditActions),
    resourceType: z.enum(auditResourceTypes),
    resourceId: z.string(),
    before: data,
    after: data,
    metadata: data,
    requestId: z.string().nullable(),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: wire.moment,
  })
  .meta({ id: 'AuditEntry', description: 'What was done, by whom, to what.' });

export const auditListSchema = listSchema(auditEntrySchema).meta({ id: 'AuditEntryList' });

export function auditEntryBody(entry: AuditEntry): z.output<typeof auditEntrySchema> {
  return {
    id: entry.id,
    tenantId: entry.tenantId,
    actorId: entry.actorId,
    actorRoles: [...entry.actorRoles],
    action: entry.action,
    resourceType: entry.resourceType,
    resourceId: entry.resourceId,
    before: entry.before,
    after: entry.after,
    metadata: entry.metadata,
    requestId: entry.requestId,
    ipAddress: entry.ipAddress,
    userAgent: entry.userAgent,
    createdAt: entry.createdAt.toISOString(),
  };
}
