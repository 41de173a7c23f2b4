import { usageOutcomes, usageSources } from '@keywright/core';
import type { TableDescription, TableOf } from '../database/columns.ts';

export const usageEventsColumns = {
  tenant_id: { type: 'text collate "C"' },
  reserved_at: { type: 'timestamp(3) with time zone' },
  reservation_id: { type: 'uuid' },
  seq: { type: 'integer' },
  user_id: { type: 'text collate "C"' },
  subscription_id: { type: 'text collate "C"' },
  key_id: { type: 'text collate "C"' },
  model: { type: 'text collate "C"' },
  input_tokens: { type: 'bigint' },
  output_tokens: { type: 'bigint' },
  cost_nano: { type: 'bigint', nullable: true },
  price_version: { type: 'text', nullable: true },
  source: { type: 'text', values: usageSources },
  outcome: { type: 'text', values: usageOutcomes },
  upstream_call_id: { type: 'text', nullable: true },
  created_at: { type: 'timestamp(3) with time zone', default: 'now()' },
} as const satisfies TableDescription;

export interface UsageEventsTable extends TableOf<typeof usageEventsColumns> {}
