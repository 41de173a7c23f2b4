import { syncStatuses } from '@keywright/core';
import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const usersColumns = {
  tenant_id: { type: 'text collate "C"' },
  id: { type: 'text collate "C"' },
  name: { type: 'text', nullable: true },
  email: { type: 'text', nullable: true },
  is_active: { type: 'boolean', default: 'true' },
  lite_llm_user_id: { type: 'text', nullable: true },
  max_budget: { type: 'numeric(20,9)', nullable: true },
  tpm_limit: { type: 'bigint', nullable: true },
  rpm_limit: { type: 'bigint', nullable: true },
  sync_status: { type: 'text', default: "'pending'::text", values: syncStatuses },
  sync_error: { type: 'text', nullable: true },
  last_sync_at: { type: 'timestamp(3) with time zone', nullable: true },
  ...timestamps,
} as const satisfies TableDescription;

export interface UsersTable extends TableOf<typeof usersColumns> {}
