import { formatUsd, type Subscription } from '@keywright/core';

/** A subscription as JSON: the fields of the HTTP API, money as decimal strings of USD. */
export function subscriptionToJson(subscription: Subscription) {
  const { maxBudget } = subscription;
  return { ...subscription, maxBudget: maxBudget === null ? null : formatUsd(maxBudget) };
}
