import type { NewSubscription, Subscription, SubscriptionChange } from '@keywright/core';
import type { Insertable, Selectable, Updateable } from 'kysely';
import { checkRow } from '../database/storable.ts';
import { fromCount, fromUsd, toUsd } from '../database/values.ts';
import { type SubscriptionsTable, subscriptionsColumns } from './subscriptions-table.ts';

export function subscriptionFromRow(row: Selectable<SubscriptionsTable>): Subscription {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    name: row.name,
    status: row.status,
    isDefault: row.is_default,
    models: row.models,
    maxBudget: fromUsd(row.max_budget),
    budgetDuration: row.budget_duration,
    tpmLimit: fromCount(row.tpm_limit),
    rpmLimit: fromCount(row.rpm_limit),
    quotaLimit: fromCount(row.quota_limit),
    startsAt: row.starts_at,
    expiresAt: row.expires_at,
    statusReason: row.status_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function subscriptionToRow(
  tenantId: string,
  subscription: NewSubscription,
  now: Date,
): Insertable<SubscriptionsTable> {
  const { name, status, models } = subscription;
  return checkRow(subscriptionsColumns, {
    ...subscriptionChangeToRow(subscription, now),
    tenant_id: tenantId,
    id: subscription.id,
    user_id: subscription.userId,
    name,
    status,
    models,
    created_at: now,
  });
}

/** What is absent in a change is undefined in the row, and stays as it is. */
export function subscriptionChangeToRow(change: SubscriptionChange, now: Date): Updateable<SubscriptionsTable> {
  return checkRow(subscriptionsColumns, {
    name: change.name,
    status: change.status,
    is_default: change.isDefault,
    models: change.models,
    max_budget: toUsd(change.maxBudget),
    budget_duration: change.budgetDuration,
    tpm_limit: change.tpmLimit,
    rpm_limit: change.rpmLimit,
    quota_limit: change.quotaLimit,
    starts_at: change.startsAt,
    expires_at: change.expiresAt,
    status_reason: change.statusReason,
    updated_at: now,
  });
}
