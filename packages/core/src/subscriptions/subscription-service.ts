import { type Actor, authorise, own, type Reach } from '../actor.ts';
import { type AuditAction, type AuditData, auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { invalidField, KeywrightError } from '../errors.ts';
import { canonicalId, uuidv7 } from '../ids.ts';
import { definedOnly, parseInput } from '../input.ts';
import type { Invalidations } from '../keys/invalidations.ts';
import { formatUsd } from '../money.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Storage, Stores } from '../storage.ts';
import type { SyncWorker } from '../sync/sync-worker.ts';
import type { SubscriptionChange } from './ports.ts';
import { nextStatuses, type Subscription } from './subscription.ts';
import {
  type CreateSubscriptionInput,
  createSubscriptionInput,
  type ListSubscriptionsInput,
  listTenantSubscriptionsInput,
  type UpdateSubscriptionInput,
  updateSubscriptionInput,
} from './subscription-input.ts';

/** What users may use. Users read their own; admins and operators change them. */
export class SubscriptionService {
  readonly #storage: Storage;
  readonly #invalidations: Invalidations;
  readonly #worker: SyncWorker;
  readonly #clock: Clock;

  constructor(parts: { storage: Storage; invalidations: Invalidations; worker: SyncWorker; clock: Clock }) {
    this.#storage = parts.storage;
    this.#invalidations = parts.invalidations;
    this.#worker = parts.worker;
    this.#clock = parts.clock;
  }

  /** Tenant and user are recorded on the way when they are named for the first time. Throws `validation_failed`, `forbidden`. */
  async create(actor: Actor, input: CreateSubscriptionInput, reach: Reach = { of: 'tenant' }): Promise<Subscription> {
    const wanted = parseInput(createSubscriptionInput, input);
    const { tenantId } = authorise(actor, reach, 'write');
    assertValidity(wanted.startsAt ?? null, wanted.expiresAt ?? null);
    const subscription = await this.#storage.transaction(async (stores) => {
      const user = await stores.users.ensure(tenantId, wanted.userId, {});
      if (user.syncStatus !== 'synced') await stores.syncTasks.mark(tenantId, 'user', user.id);
      const others = await stores.subscriptions.list(tenantId, { userId: user.id }, { limit: 1 });
      const isDefault = wanted.isDefault ?? others.items.length === 0; // so that a first key needs no choice
      const id = uuidv7(this.#clock.now());
      const created = await stores.subscriptions.insert(tenantId, {
        ...unlimited,
        ...definedOnly(wanted),
        userId: user.id,
        models: wanted.models,
        isDefault,
        id,
      });
      await this.#audit(stores, actor, 'SUBSCRIPTION_CREATE', created, {
        before: null,
        after: auditSubscription(created),
      });
      return created;
    });
    this.#worker.kick();
    return subscription;
  }

  /** Throws `subscription_not_found`. */
  async get(actor: Actor, id: string, reach: Reach = own): Promise<Subscription> {
    const { tenantId, userId } = authorise(actor, reach, 'read');
    const found = await this.#storage.subscriptions.find(tenantId, canonicalId(id), userId);
    if (!found) throw subscriptionNotFound();
    return found;
  }

  /** Newest first. */
  async list(
    actor: Actor,
    input: ListSubscriptionsInput,
    page: PageRequest,
    reach: Reach = own,
  ): Promise<Page<Subscription>> {
    const filter = parseInput(listTenantSubscriptionsInput, input);
    const { tenantId, userId } = authorise(actor, reach, 'read');
    return this.#storage.subscriptions.list(tenantId, { ...filter, userId: userId ?? filter.userId }, page);
  }

  /**
   * What is narrowed or suspended binds every key of the subscription here at once; LiteLLM follows through the sync
   * tasks. Throws `validation_failed`, `subscription_not_found`, `invalid_transition`.
   */
  async update(
    actor: Actor,
    id: string,
    input: UpdateSubscriptionInput,
    reach: Reach = { of: 'tenant' },
  ): Promise<Subscription> {
    const wanted = parseInput(updateSubscriptionInput, input);
    const { tenantId } = authorise(actor, reach, 'write');
    const subscription = await this.#storage.transaction(async (stores) => {
      const before = await stores.subscriptions.lock(tenantId, canonicalId(id));
      if (!before) throw subscriptionNotFound();
      assertTransition(before.status, wanted.status);
      const change: SubscriptionChange = definedOnly(wanted);
      assertValidity(
        change.startsAt === undefined ? before.startsAt : change.startsAt,
        change.expiresAt === undefined ? before.expiresAt : change.expiresAt,
      );
      const after = await stores.subscriptions.update(tenantId, before.id, change);
      if (!after) throw subscriptionNotFound();
      await stores.syncTasks.markKeysOf(tenantId, { subscriptionId: before.id });
      await this.#audit(stores, actor, 'SUBSCRIPTION_UPDATE', after, {
        before: auditSubscription(before),
        after: auditSubscription(after),
      });
      return after;
    });
    this.#invalidations.announce({ of: 'subscription', tenantId, id: subscription.id });
    this.#worker.kick();
    return subscription;
  }

  /** Throws `subscription_not_found`, and `subscription_in_use` while keys hang on it. */
  async delete(actor: Actor, id: string, reach: Reach = { of: 'tenant' }): Promise<void> {
    const { tenantId } = authorise(actor, reach, 'write');
    await this.#storage.transaction(async (stores) => {
      const before = await stores.subscriptions.lock(tenantId, canonicalId(id));
      if (!before) throw subscriptionNotFound();
      const removed = await stores.subscriptions.remove(tenantId, before.id);
      if (removed === 'in-use') {
        throw new KeywrightError(
          'subscription_in_use',
          'API keys hang on this subscription: delete them first, or cancel it.',
        );
      }
      await this.#audit(stores, actor, 'SUBSCRIPTION_DELETE', before, {
        before: auditSubscription(before),
        after: null,
      });
    });
  }

  #audit(
    stores: Stores,
    actor: Actor,
    action: AuditAction,
    subscription: Subscription,
    data: { before: AuditData | null; after: AuditData | null },
  ): Promise<void> {
    const { tenantId, id: resourceId, userId } = subscription;
    const what = { tenantId, action, resourceType: 'subscription' as const, resourceId, metadata: { userId }, ...data };
    return stores.audit.append(tenantId, auditEntry(this.#clock, actor, what));
  }
}

/** What a creation that says nothing means. */
const unlimited = {
  name: null,
  status: 'active' as const,
  maxBudget: null,
  budgetDuration: null,
  tpmLimit: null,
  rpmLimit: null,
  quotaLimit: null,
  startsAt: null,
  expiresAt: null,
  statusReason: null,
};

function assertTransition(from: Subscription['status'], to: Subscription['status'] | undefined): void {
  if (to === undefined || to === from || nextStatuses(from).includes(to)) return;
  const next = nextStatuses(from);
  const allowed = next.length > 0 ? `may become ${next.join(' or ')}` : 'is final';
  throw new KeywrightError('invalid_transition', `A subscription that is ${from} cannot become ${to}: it ${allowed}.`);
}

function assertValidity(startsAt: Date | null, expiresAt: Date | null): void {
  if (!startsAt || !expiresAt || startsAt < expiresAt) return;
  throw invalidField('expiresAt', 'should lie after startsAt');
}

function subscriptionNotFound(): KeywrightError {
  return new KeywrightError('subscription_not_found', 'There is no such subscription, or it is not yours.');
}

function auditSubscription(subscription: Subscription): AuditData {
  const { id, tenantId, createdAt, updatedAt, maxBudget, startsAt, expiresAt, ...plain } = subscription;
  return {
    ...plain,
    maxBudget: maxBudget === null ? null : formatUsd(maxBudget),
    startsAt: startsAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
