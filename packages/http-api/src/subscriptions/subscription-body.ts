import { type Subscription, subscriptionStatuses } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { momentOrNull, moneyOrNull, wire } from '../wire-fields.ts';

export const subscriptionSchema = z
  .strictObject({
    id: z.uuid(),
    tenantId: z.string(),
    userId: z.string(),
    name: z.string().nullable(),
    status: z.enum(subscriptionStatuses),
    statusReason: z.string().nullable(),
    isDefault: z.boolean().meta({ description: 'The one that a key gets when its creator names none.' }),
    models: z.array(z.string()),
    maxBudget: wire.money.nullable(),
    budgetDuration: z.string().nullable(),
    tpmLimit: wire.count.nullable(),
    rpmLimit: wire.count.nullable(),
    quotaLimit: wire.count.nullable(),
    startsAt: wire.moment.nullable(),
    expiresAt: wire.moment.nullable(),
    createdAt: wire.moment,
    updatedAt: wire.moment,
  })
  .meta({ id: 'Subscription', description: 'What a user may use: models, limits, validity.' });

export const subscriptionListSchema = listSchema(subscriptionSchema).meta({ id: 'SubscriptionList' });

export function subscriptionBody(subscription: Subscription): z.output<typeof subscriptionSchema> {
  return {
    id: subscription.id,
    tenantId: subscription.tenantId,
    userId: subscription.userId,
    name: subscription.name,
    status: subscription.status,
    statusReason: subscription.statusReason,
    isDefault: subscription.isDefault,
    models: subscription.models,
    maxBudget: moneyOrNull(subscription.maxBudget),
    budgetDuration: subscription.budgetDuration,
    tpmLimit: subscription.tpmLimit,
    rpmLimit: subscription.rpmLimit,
    quotaLimit: subscription.quotaLimit,
    startsAt: momentOrNull(subscription.startsAt),
    expiresAt: momentOrNull(subscription.expiresAt),
    createdAt: subscription.createdAt.toISOString(),
    updatedAt: subscription.updatedAt.toISOString(),
  };
}
