import {
  type Clock,
  type Page,
  type PageRequest,
  toPage,
  type User,
  type UserChange,
  type UserFilter,
  type UserProfile,
  type UserStore,
  type UserSyncResult,
} from '@keywright/core';
import { comesAfter, contains } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { tenantsColumns } from '../tenants/tenants-table.ts';
import { userChangeToRow, userFromRow } from './user-row.ts';
import { usersColumns } from './users-table.ts';

export class PostgresUserStore implements UserStore {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** One read for a user who is there and has not changed, which is nearly always. */
  async ensure(tenantId: string, userId: string, profile: UserProfile): Promise<User> {
    const found = await this.find(tenantId, userId);
    const isNews = (['name', 'email'] as const).some(
      (field) => profile[field] !== undefined && profile[field] !== found?.[field],
    );
    return found && !isNews ? found : this.#write(tenantId, userId, profile);
  }

  async find(tenantId: string, userId: string): Promise<User | undefined> {
    const row = await this.#one(tenantId, userId).executeTakeFirst();
    return row && userFromRow(row);
  }

  /** As `subscriptions.lock` and `lockForIssue` do: the user before all that hangs on them. */
  async lock(tenantId: string, userId: string): Promise<User | undefined> {
    const row = await this.#one(tenantId, userId).forNoKeyUpdate().executeTakeFirst();
    return row && userFromRow(row);
  }

  async update(tenantId: string, userId: string, change: UserChange): Promise<User | undefined> {
    const row = await this.#db
      .updateTable('users')
      .set(userChangeToRow(change, new Date(this.#clock.now())))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .returningAll()
      .executeTakeFirst();
    return row && userFromRow(row);
  }

  async list(tenantId: string, filter: UserFilter, page: PageRequest): Promise<Page<User>> {
    let query = this.#db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId);
    const { search, isActive } = filter;
    const { after } = page;
    if (isActive !== undefined) query = query.where('is_active', '=', isActive);
    if (search !== undefined) {
      query = query.where(({ ref, or }) =>
        or([contains(ref('id'), search), contains(ref('name'), search), contains(ref('email'), search)]),
      );
    }
    if (after) query = query.where(({ ref }) => comesAfter({ createdAt: ref('created_at'), id: ref('id') }, after));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute();
    return toPage(rows.map(userFromRow), page.limit, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async recordSync(tenantId: string, userId: string, result: UserSyncResult): Promise<void> {
    const now = new Date(this.#clock.now());
    const noted =
      result.status === 'synced'
        ? { sync_error: null, last_sync_at: now, lite_llm_user_id: result.liteLlmUserId }
        : { sync_error: result.error };
    await this.#db
      .updateTable('users')
      .set(checkRow(usersColumns, { ...noted, sync_status: result.status, updated_at: now }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .execute();
  }

  #one(tenantId: string, userId: string) {
    return this.#db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('id', '=', userId);
  }

  async #write(tenantId: string, userId: string, profile: UserProfile): Promise<User> {
    const now = new Date(this.#clock.now());
    const written = { created_at: now, updated_at: now };
    const { name, email } = profile;
    const tenant = checkRow(tenantsColumns, { id: tenantId, ...written });
    const user = checkRow(usersColumns, { tenant_id: tenantId, id: userId, name, email, ...written });
    const row = await this.#db
      .with('tenant', (db) =>
        db
          .insertInto('tenants')
          .values(tenant)
          .onConflict((conflict) => conflict.doNothing()),
      )
      .insertInto('users')
      .values(user)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'id']).doUpdateSet(checkRow(usersColumns, { name, email, updated_at: now })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return userFromRow(row);
  }
}
