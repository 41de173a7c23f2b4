import { auditActions, auditResourceTypes } from '@keywright/core';
import type { TableDescription, TableOf } from '../database/columns.ts';

export const auditLogsColumns = {
  tenant_id: { type: 'text collate "C"' },
  id: { type: 'uuid' },
  actor_id: { type: 'text collate "C"' },
  actor_roles: { type: 'text[]' },
  action: { type: 'text', values: auditActions },
  resource_type: { type: 'text', values: auditResourceTypes },
  resource_id: { type: 'text collate "C"' },
  before: { type: 'jsonb', nullable: true },
  after: { type: 'jsonb', nullable: true },
  metadata: { type: 'jsonb', nullable: true },
  request_id: { type: 'text', nullable: true },
  ip_address: { type: 'text', nullable: true },
  user_agent: { type: 'text', nullable: true },
  created_at: { type: 'timestamp(3) with time zone', default: 'now()' },
} as const satisfies TableDescription;

export interface AuditLogsTable extends TableOf<typeof auditLogsColumns> {}
