import { invalidField, KeywrightError } from '../errors.ts';
import { formatUsd } from '../money.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { User } from '../users/user.ts';
import type { ApiKeyLimits } from './api-key.ts';

type SubscriptionLimits = Pick<Subscription, 'maxBudget' | 'budgetDuration' | 'tpmLimit' | 'rpmLimit'>;
type Budget = Pick<SubscriptionLimits, 'maxBudget' | 'budgetDuration'>;
type UserLimits = Pick<User, 'maxBudget' | 'tpmLimit' | 'rpmLimit'>;

/**
 * A child's limit may not lie above its parents'. Budgets can only be compared when they start anew at the same
 * times, so under a subscription with a budget a key's own must have the same duration: a thousand dollars an hour
 * would else pass by ten a month. A limit that a key leaves open (null) is bounded by the parent's own.
 */
export function assertWithinParents(key: ApiKeyLimits, subscription: SubscriptionLimits, user: UserLimits): void {
  const above = [
    aboveBudget(key, subscription, 'subscription'),
    aboveBudget(key, { maxBudget: user.maxBudget, budgetDuration: null }, 'user'),
    aboveRate('tpmLimit', key.tpmLimit, subscription.tpmLimit, 'subscription'),
    aboveRate('tpmLimit', key.tpmLimit, user.tpmLimit, 'user'),
    aboveRate('rpmLimit', key.rpmLimit, subscription.rpmLimit, 'subscription'),
    aboveRate('rpmLimit', key.rpmLimit, user.rpmLimit, 'user'),
  ].filter((error) => error !== undefined);
  if (above.length > 0) {
    const summary = above.map((error) => `${error.path} ${error.message}`).join('; ');
    throw new KeywrightError('limit_above_maximum', summary, { errors: above });
  }
  if (key.softBudget !== null && key.maxBudget !== null && key.softBudget > key.maxBudget) {
    throw invalidField('softBudget', 'should not be above maxBudget');
  }
}

function aboveBudget(key: Budget, parent: Budget, whose: string) {
  if (key.maxBudget === null || parent.maxBudget === null) return undefined;
  if (key.budgetDuration !== parent.budgetDuration) {
    if (whose === 'user') return undefined; // LiteLLM holds users to their own budget, whatever their keys'
    const wanted = parent.budgetDuration === null ? 'null' : `"${parent.budgetDuration}"`;
    return { path: 'budgetDuration', message: `should be ${wanted}, as the ${whose}'s, whose budget binds the key` };
  }
  if (key.maxBudget <= parent.maxBudget) return undefined;
  return { path: 'maxBudget', message: `is above the ${whose}'s ${formatUsd(parent.maxBudget)} USD` };
}

function aboveRate(path: string, limit: number | null, parent: number | null, whose: string) {
  if (limit === null || parent === null || limit <= parent) return undefined;
  return { path, message: `is above the ${whose}'s ${parent}` };
}

/**
 * The limits that bind one key in LiteLLM: its own, and the subscription's where it has none or a higher one (a
 * subscription may be narrowed after its keys were made). A budget counts together with its duration.
 */
export function effectiveLimits(key: ApiKeyLimits, subscription: SubscriptionLimits): ApiKeyLimits {
  const inherits =
    subscription.maxBudget !== null &&
    (key.maxBudget === null ||
      key.budgetDuration !== subscription.budgetDuration ||
      key.maxBudget > subscription.maxBudget);
  return {
    ...key,
    maxBudget: inherits ? subscription.maxBudget : key.maxBudget,
    budgetDuration: inherits ? subscription.budgetDuration : key.budgetDuration,
    tpmLimit: lower(key.tpmLimit, subscription.tpmLimit),
    rpmLimit: lower(key.rpmLimit, subscription.rpmLimit),
  };
}

function lower(own: number | null, parent: number | null): number | null {
  if (own === null || parent === null) return own ?? parent;
  return Math.min(own, parent);
}
