import { subscriptionStatuses } from '@keywright/core';
import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const subscriptionsColumns = {
  tenant_id: { type: 'text collate "C"' },
  id: { type: 'uuid' },
  user_id: { type: 'text collate "C"' },
  name: { type: 'text', nullable: true },
  status: { type: 'text', values: subscriptionStatuses },
  is_default: { type: 'boolean', default: 'false' },
  models: { type: 'text[]' },
  max_budget: { type: 'numeric(20,9)', nullable: true },
  budget_duration: { type: 'text', nullable: true },
  tpm_limit: { type: 'bigint', nullable: true },
  rpm_limit: { type: 'bigint', nullable: true },
  quota_limit: { type: 'bigint', nullable: true },
  starts_at: { type: 'timestamp(3) with time zone', nullable: true },
  expires_at: { type: 'timestamp(3) with time zone', nullable: true },
  status_reason: { type: 'text', nullable: true },
  ...timestamps,
} as const satisfies TableDescription;

export interface SubscriptionsTable extends TableOf<typeof subscriptionsColumns> {}
