import type { Page, PageRequest } from '../page.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { User } from '../users/user.ts';
import type { Subscription, SubscriptionStatus } from './subscription.ts';

/** A subscription before its first write. */
export type NewSubscription = Omit<Subscription, 'tenantId' | 'createdAt' | 'updatedAt'>;

/** What may change. Absent: unchanged; null: cleared. */
export type SubscriptionChange = Partial<Omit<Subscription, 'id' | 'tenantId' | 'userId' | 'createdAt' | 'updatedAt'>>;

export interface SubscriptionFilter {
  userId?: string | undefined;
  status?: SubscriptionStatus | undefined;
  model?: string | undefined;
  search?: string | undefined;
}

/** What the creation of a key is decided upon. */
export interface IssueContext {
  tenant: Tenant;
  user: User;
  subscription: Subscription;
}

export interface SubscriptionStore {
  /** Throws when there is no such user. Making it the default takes the mark from the user's other ones. */
  insert(tenantId: string, subscription: NewSubscription): Promise<Subscription>;
  /** Undefined when there is none, or when it is another user's and `userId` is given. */
  find(tenantId: string, id: string, userId?: string): Promise<Subscription | undefined>;
  /** As `find`, and locks the row until the transaction ends. */
  lock(tenantId: string, id: string): Promise<Subscription | undefined>;
  /** Newest first. */
  list(tenantId: string, filter: SubscriptionFilter, page: PageRequest): Promise<Page<Subscription>>;
  /** Undefined when there is none. Making one the default takes the mark from the user's other ones. */
  update(tenantId: string, id: string, change: SubscriptionChange): Promise<Subscription | undefined>;
  /** `in-use` while keys hang on it, in any lifecycle: nothing is removed then. */
  remove(tenantId: string, id: string): Promise<'removed' | 'absent' | 'in-use'>;
  /**
   * Locks the user's row until the transaction ends, so that creations of one user take turns and their count is
   * exact; reads tenant, user and the subscription (the default one when no id is given). One statement. Undefined
   * when user or subscription is not there. Only within a transaction.
   */
  lockForIssue(tenantId: string, userId: string, subscriptionId: string | undefined): Promise<IssueContext | undefined>;
}
