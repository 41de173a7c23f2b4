import { syncEntities } from '@keywright/core';
import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const syncTasksColumns = {
  tenant_id: { type: 'text collate "C"' },
  entity: { type: 'text collate "C"', values: syncEntities },
  entity_id: { type: 'text collate "C"' },
  due_at: { type: 'timestamp(3) with time zone' },
  attempts: { type: 'integer', default: '0' },
  lease_until: { type: 'timestamp(3) with time zone', nullable: true },
  lease_token: { type: 'text', nullable: true },
  last_error: { type: 'text', nullable: true },
  unsettled_until: { type: 'timestamp(3) with time zone', nullable: true },
  dead_at: { type: 'timestamp(3) with time zone', nullable: true },
  ...timestamps,
} as const satisfies TableDescription;

export interface SyncTasksTable extends TableOf<typeof syncTasksColumns> {}
