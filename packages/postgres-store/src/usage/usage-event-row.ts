import { type UsageEvent, uuidv7Time } from '@keywright/core';
import type { Insertable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { type UsageEventsTable, usageEventsColumns } from './usage-events-table.ts';

export function usageEventToRow(event: UsageEvent): Insertable<UsageEventsTable> {
  return checkRow(usageEventsColumns, {
    tenant_id: event.tenantId,
    reserved_at: new Date(uuidv7Time(event.reservationId)),
    reservation_id: event.reservationId,
    seq: event.seq,
    user_id: event.userId,
    subscription_id: event.subscriptionId,
    key_id: event.keyId,
    model: event.model,
    input_tokens: event.inputTokens,
    output_tokens: event.outputTokens,
    cost_nano: event.costNano === null ? null : event.costNano.toString(),
    price_version: event.priceVersion,
    source: event.source,
    outcome: event.outcome,
    upstream_call_id: event.upstreamCallId,
  });
}
