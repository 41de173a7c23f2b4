import {
  type Clock,
  type IssueContext,
  KeywrightError,
  type NewSubscription,
  type Page,
  type PageRequest,
  type Subscription,
  type SubscriptionChange,
  type SubscriptionFilter,
  type SubscriptionStore,
  toPage,
} from '@keywright/core';
import { sql } from 'kysely';
import { comesAfter, contains } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { sqlState } from '../database/storage-error.ts';
import { atomically } from '../database/transaction.ts';
import { toUuid } from '../database/values.ts';
import { ownerFromRow, ownerSelection } from '../users/user-row.ts';
import { subscriptionChangeToRow, subscriptionFromRow, subscriptionToRow } from './subscription-row.ts';

export class PostgresSubscriptionStore implements SubscriptionStore {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async insert(tenantId: string, subscription: NewSubscription): Promise<Subscription> {
    const values = subscriptionToRow(tenantId, subscription, this.#now());
    const insert = async (db: Db) => {
      const row = await db.insertInto('subscriptions').values(values).returningAll().executeTakeFirstOrThrow();
      return subscriptionFromRow(row);
    };
    try {
      if (!subscription.isDefault) return await insert(this.#db);
      return await atomically(this.#db, async (db) => {
        await this.#unmarkDefaults(db, tenantId, subscription.userId);
        return insert(db);
      });
    } catch (error) {
      if (sqlState(error) !== '23503') throw error;
      throw new KeywrightError('user_not_found', 'The user of the subscription does not exist.', { cause: error });
    }
  }

  async find(tenantId: string, id: string, userId?: string): Promise<Subscription | undefined> {
    let query = one(this.#db, tenantId, id);
    if (userId !== undefined) query = query.where('user_id', '=', userId);
    const row = await query.executeTakeFirst();
    return row && subscriptionFromRow(row);
  }

  /**
   * The owner first, as creations of keys do, so that the two never wait for each other. NO KEY UPDATE is all that an
   * update takes; keys that are created meanwhile only refer to the row.
   */
  async lock(tenantId: string, id: string): Promise<Subscription | undefined> {
    await this.#db
      .selectFrom('users as u')
      .innerJoin('subscriptions as s', (join) =>
        join.onRef('s.tenant_id', '=', 'u.tenant_id').onRef('s.user_id', '=', 'u.id'),
      )
      .select('u.id')
      .where('s.tenant_id', '=', tenantId)
      .where('s.id', '=', toUuid(id))
      .forNoKeyUpdate('u')
      .execute();
    const row = await one(this.#db, tenantId, id).forNoKeyUpdate().executeTakeFirst();
    return row && subscriptionFromRow(row);
  }

  async list(tenantId: string, filter: SubscriptionFilter, page: PageRequest): Promise<Page<Subscription>> {
    let query = this.#db.selectFrom('subscriptions').selectAll().where('tenant_id', '=', tenantId);
    const { userId, status, model, search } = filter;
    const { after } = page;
    if (userId !== undefined) query = query.where('user_id', '=', userId);
    if (status !== undefined) query = query.where('status', '=', status);
    if (model !== undefined) query = query.where(({ ref }) => sql<boolean>`${model} = any (${ref('models')})`);
    if (search !== undefined) query = query.where(({ ref }) => contains(ref('name'), search));
    if (after) {
      const position = { ...after, id: toUuid(after.id) };
      query = query.where(({ ref }) => comesAfter({ createdAt: ref('created_at'), id: ref('id') }, position));
    }
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute();
    return toPage(rows.map(subscriptionFromRow), page.limit, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async update(tenantId: string, id: string, change: SubscriptionChange): Promise<Subscription | undefined> {
    const values = subscriptionChangeToRow(change, this.#now());
    const update = async (db: Db) => {
      const row = await db
        .updateTable('subscriptions')
        .set(values)
        .where('tenant_id', '=', tenantId)
        .where('id', '=', toUuid(id))
        .returningAll()
        .executeTakeFirst();
      return row && subscriptionFromRow(row);
    };
    if (!change.isDefault) return update(this.#db);
    return atomically(this.#db, async (db) => {
      const current = await one(db, tenantId, id).executeTakeFirst();
      if (!current) return undefined;
      await this.#unmarkDefaults(db, tenantId, current.user_id, id);
      return update(db);
    });
  }

  /**
   * Two statements, so that the second sees every key: a creation that is under way refers to the row and makes the
   * first one wait, and none can begin after it. Nothing is left to fail, which would end the caller's transaction.
   */
  remove(tenantId: string, id: string): Promise<'removed' | 'absent' | 'in-use'> {
    return atomically(this.#db, async (db) => {
      if (!(await one(db, tenantId, id).forUpdate().executeTakeFirst())) return 'absent';
      const removed = await db
        .deleteFrom('subscriptions as s')
        .where('s.tenant_id', '=', tenantId)
        .where('s.id', '=', toUuid(id))
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('api_keys as k').select('k.id').whereRef('k.subscription_id', '=', 's.id'))),
        )
        .returning('s.id')
        .executeTakeFirst();
      return removed ? 'removed' : 'in-use';
    });
  }

  async lockForIssue(
    tenantId: string,
    userId: string,
    subscriptionId: string | undefined,
  ): Promise<IssueContext | undefined> {
    const row = await this.#db
      .selectFrom('users as u')
      .innerJoin('tenants as t', 't.id', 'u.tenant_id')
      .innerJoin('subscriptions as s', (join) =>
        join.onRef('s.tenant_id', '=', 'u.tenant_id').onRef('s.user_id', '=', 'u.id'),
      )
      .selectAll('s')
      .select(ownerSelection)
      .where('u.tenant_id', '=', tenantId)
      .where('u.id', '=', userId)
      .where((is) =>
        subscriptionId === undefined ? is('s.is_default', '=', true) : is('s.id', '=', toUuid(subscriptionId)),
      )
      // a change of tenant or subscription waits, and then finds and marks the key that is written here
      .forShare('t')
      .forNoKeyUpdate('u')
      .forShare('s')
      .executeTakeFirst();
    return row && { ...ownerFromRow(row), subscription: subscriptionFromRow(row) };
  }

  /** The user's row is locked first, so that two calls for one user take turns and only one mark is left. */
  async #unmarkDefaults(db: Db, tenantId: string, userId: string, exceptId?: string): Promise<void> {
    await db
      .selectFrom('users')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .forNoKeyUpdate()
      .execute();
    let query = db
      .updateTable('subscriptions')
      .set({ is_default: false, updated_at: this.#now() })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('is_default', '=', true);
    if (exceptId !== undefined) query = query.where('id', '!=', toUuid(exceptId));
    await query.execute();
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function one(db: Db, tenantId: string, id: string) {
  return db.selectFrom('subscriptions').selectAll().where('tenant_id', '=', tenantId).where('id', '=', toUuid(id));
}
