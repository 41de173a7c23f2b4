import type { TableDescription, TableOf } from '../database/columns.ts';

export const reconcileRunsColumns = {
  id: { type: 'uuid' },
  started_at: { type: 'timestamp(3) with time zone' },
  finished_at: { type: 'timestamp(3) with time zone' },
  repair: { type: 'boolean' },
  outcome: { type: 'text', values: ['equal', 'different', 'failed'] },
  compared: { type: 'bigint' },
  missing: { type: 'bigint' },
  orphan: { type: 'bigint' },
  drifted: { type: 'bigint' },
  spend: { type: 'bigint' },
  skipped: { type: 'bigint' },
  repaired: { type: 'bigint' },
  error: { type: 'text', nullable: true },
} as const satisfies TableDescription;

export interface ReconcileRunsTable extends TableOf<typeof reconcileRunsColumns> {}
