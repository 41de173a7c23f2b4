import type {
  IssueContext,
  NewSubscription,
  Page,
  PageRequest,
  Subscription,
  SubscriptionChange,
  SubscriptionFilter,
  SubscriptionStore,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { holds, pageOf } from './memory-page.ts';
import type { MemoryState } from './memory-state.ts';

export class MemorySubscriptionStore implements SubscriptionStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  insert(tenantId: string, subscription: NewSubscription): Promise<Subscription> {
    return this.#access.run((state) => {
      const now = this.#now();
      const row = { ...subscription, tenantId, createdAt: now, updatedAt: now };
      if (!state.user(tenantId, row.userId)) throw new Error('There is no user that the subscription could belong to.');
      if (state.subscriptions.get(row.id)) throw new Error('There is a subscription of this id already.');
      return write(state, row);
    });
  }

  find(tenantId: string, id: string, userId?: string): Promise<Subscription | undefined> {
    return this.#access.run((state) => {
      const row = state.subscription(tenantId, id);
      return userId === undefined || row?.userId === userId ? row : undefined;
    });
  }

  lock(tenantId: string, id: string): Promise<Subscription | undefined> {
    return this.find(tenantId, id);
  }

  list(tenantId: string, filter: SubscriptionFilter, page: PageRequest): Promise<Page<Subscription>> {
    const { userId, status, model, search } = filter;
    return this.#access.run((state) => {
      const rows = state.subscriptions
        .all()
        .filter((row) => row.tenantId === tenantId)
        .filter((row) => userId === undefined || row.userId === userId)
        .filter((row) => status === undefined || row.status === status)
        .filter((row) => model === undefined || row.models.includes(model))
        .filter((row) => search === undefined || holds(row.name, search));
      return pageOf(rows, page, (row) => row);
    });
  }

  update(tenantId: string, id: string, change: SubscriptionChange): Promise<Subscription | undefined> {
    return this.#access.run((state) => {
      const row = state.subscription(tenantId, id);
      return row && write(state, { ...row, ...change, updatedAt: this.#now() });
    });
  }

  remove(tenantId: string, id: string): Promise<'removed' | 'absent' | 'in-use'> {
    return this.#access.run((state) => {
      const row = state.subscription(tenantId, id);
      if (!row) return 'absent';
      if (state.keys.all().some((key) => key.subscriptionId === row.id)) return 'in-use';
      state.subscriptions.delete(row.id);
      return 'removed';
    });
  }

  lockForIssue(
    tenantId: string,
    userId: string,
    subscriptionId: string | undefined,
  ): Promise<IssueContext | undefined> {
    return this.#access.run((state) => {
      const tenant = state.tenants.get(tenantId);
      const user = state.user(tenantId, userId);
      const subscription =
        subscriptionId === undefined
          ? ofUser(state, tenantId, userId).find((row) => row.isDefault)
          : state.subscription(tenantId, subscriptionId);
      if (!tenant || !user || subscription?.userId !== userId) return undefined;
      return { tenant, user, subscription };
    });
  }

  #now(): Date {
    return new Date(this.#access.clock.now());
  }
}

function ofUser(state: MemoryState, tenantId: string, userId: string): Readonly<Subscription>[] {
  return state.subscriptions.all().filter((row) => row.tenantId === tenantId && row.userId === userId);
}

/** Writes a row; when it is the default one, no other of the user is. */
function write(state: MemoryState, row: Subscription): Subscription {
  if (row.isDefault) {
    for (const other of ofUser(state, row.tenantId, row.userId)) {
      if (other.isDefault && other.id !== row.id) state.subscriptions.set(other.id, { ...other, isDefault: false });
    }
  }
  state.subscriptions.set(row.id, row);
  return row;
}
