import { z } from 'zod';
import { count, duration, hostId, moment, text, usd } from '../input.ts';
import { modelNames, quotaLimit } from '../keys/api-key-input.ts';
import { subscriptionStatuses } from './subscription.ts';

const status = z.enum(subscriptionStatuses, { error: `should be one of ${subscriptionStatuses.join(', ')}` });

const shared = {
  name: text(100).nullable().optional(),
  isDefault: z.boolean({ error: 'should be true or false' }).optional(),
  maxBudget: usd.nullable().optional(),
  budgetDuration: duration.nullable().optional(),
  tpmLimit: count().nullable().optional(),
  rpmLimit: count().nullable().optional(),
  quotaLimit: quotaLimit.optional(),
  startsAt: moment.nullable().optional(),
  expiresAt: moment.nullable().optional(),
};

/** Body of a creation. `status` left out: `active`. */
export const createSubscriptionInput = z.strictObject({
  userId: hostId,
  models: modelNames,
  status: z.enum(['active', 'pending', 'inactive'], { error: 'should be active, pending or inactive' }).optional(),
  ...shared,
});

/** Body of a change. Absent: unchanged; null: cleared. */
export const updateSubscriptionInput = z
  .strictObject({
    models: modelNames.optional(),
    status: status.optional(),
    statusReason: text(500).nullable().optional(),
    ...shared,
  })
  .refine((change) => Object.keys(change).length > 0, 'should change at least one field');

export const listSubscriptionsInput = z.strictObject({
  status: status.optional(),
  model: text(255).optional(),
  search: text(100).optional(),
});

export const listTenantSubscriptionsInput = listSubscriptionsInput.extend({ userId: hostId.optional() });

export type CreateSubscriptionInput = z.input<typeof createSubscriptionInput>;
export type UpdateSubscriptionInput = z.input<typeof updateSubscriptionInput>;
export type ListSubscriptionsInput = z.input<typeof listTenantSubscriptionsInput>;
