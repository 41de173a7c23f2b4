import { type ApiKeyView, formatUsd } from '@keywright/core';

const usd = (nano: bigint | null) => (nano === null ? null : formatUsd(nano));

/** A key as JSON: the fields of the HTTP API, money as decimal strings of USD. */
export function keyToJson(key: ApiKeyView) {
  return {
    ...key,
    maxBudget: usd(key.maxBudget),
    softBudget: usd(key.softBudget),
    currentSpend: formatUsd(key.currentSpend),
  };
}

/** A time as tables show it: UTC, to the minute. */
export function formatTime(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 16).replace('T', ' ')}Z` : '-';
}
