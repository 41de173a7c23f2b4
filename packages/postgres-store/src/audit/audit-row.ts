import type { AuditData, AuditEntry, NewAuditEntry } from '@keywright/core';
import type { Insertable, Selectable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { type AuditLogsTable, auditLogsColumns } from './audit-logs-table.ts';

export function auditEntryFromRow(row: Selectable<AuditLogsTable>): AuditEntry {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    actorId: row.actor_id,
    actorRoles: row.actor_roles,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    before: row.before,
    after: row.after,
    metadata: row.metadata,
    requestId: row.request_id,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
    createdAt: row.created_at,
  };
}

/** For the tenant of the call, whatever the entry says. */
export function auditEntryToRow(tenantId: string, entry: NewAuditEntry, now: Date): Insertable<AuditLogsTable> {
  return checkRow(auditLogsColumns, {
    tenant_id: tenantId,
    id: entry.id,
    actor_id: entry.actorId,
    actor_roles: [...entry.actorRoles],
    action: entry.action,
    resource_type: entry.resourceType,
    resource_id: entry.resourceId,
    before: toJson(entry.before),
    after: toJson(entry.after),
    metadata: toJson(entry.metadata),
    request_id: entry.requestId,
    ip_address: entry.ipAddress,
    user_agent: entry.userAgent,
    created_at: now,
  });
}

function toJson(data: AuditData | null): string | null {
  return data && JSON.stringify(data);
}
