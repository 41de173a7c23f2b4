export const subscriptionStatuses = [
  'active',
  'suspended',
  'cancelled',
  'expired',
  'inactive',
  'pending',
  'denied',
] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** What a user may use: models, limits, validity. */
export interface Subscription {
  id: string;
  tenantId: string;
  userId: string;
  name: string | null;
  status: SubscriptionStatus;
  /** The one that a key gets when its creator names none; at most one per user. */
  isDefault: boolean;
  /** Never empty: LiteLLM reads an empty list as "all models". */
  models: string[];
  /** Nano-USD; null: no limit. */
  maxBudget: bigint | null;
  budgetDuration: string | null;
  tpmLimit: number | null;
  rpmLimit: number | null;
  quotaLimit: number | null;
  startsAt: Date | null;
  expiresAt: Date | null;
  statusReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

const transitions: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
  pending: ['active', 'denied'],
  active: ['suspended', 'cancelled', 'expired', 'inactive'],
  suspended: ['active', 'cancelled'],
  inactive: ['active', 'cancelled'],
  denied: ['pending'],
  cancelled: [],
  expired: [],
};

/** The statuses that may follow a status. */
export function nextStatuses(status: SubscriptionStatus): readonly SubscriptionStatus[] {
  return transitions[status];
}

/** Whether a subscription allows anything at a moment: its status is `active` and the moment lies in its validity. */
export function isSubscriptionActive(
  subscription: Pick<Subscription, 'status' | 'startsAt' | 'expiresAt'>,
  nowMs: number,
): boolean {
  if (subscription.status !== 'active') return false;
  if (subscription.startsAt && subscription.startsAt.getTime() > nowMs) return false;
  return !subscription.expiresAt || subscription.expiresAt.getTime() > nowMs;
}
