import { syncStatuses } from '@keywright/core';
import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const tenantsColumns = {
  id: { type: 'text collate "C"' },
  name: { type: 'text', nullable: true },
  is_active: { type: 'boolean', default: 'true' },
  lite_llm_team_id: { type: 'text', nullable: true },
  sync_status: { type: 'text', nullable: true, values: syncStatuses },
  sync_error: { type: 'text', nullable: true },
  last_sync_at: { type: 'timestamp(3) with time zone', nullable: true },
  ...timestamps,
} as const satisfies TableDescription;

export interface TenantsTable extends TableOf<typeof tenantsColumns> {}
