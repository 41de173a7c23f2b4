import type {
  Page,
  PageRequest,
  User,
  UserChange,
  UserFilter,
  UserProfile,
  UserStore,
  UserSyncResult,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { holds, pageOf } from './memory-page.ts';
import { rowId } from './memory-state.ts';
import { insertTenant } from './memory-tenant-store.ts';

export class MemoryUserStore implements UserStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  ensure(tenantId: string, userId: string, profile: UserProfile): Promise<User> {
    return this.#access.run((state) => {
      const now = new Date(this.#access.clock.now());
      if (!state.tenants.get(tenantId)) {
        insertTenant(state, tenantId, { name: null, isActive: true, liteLlmTeamId: null, syncStatus: null }, now);
      }
      const found = state.user(tenantId, userId);
      const { name = found?.name ?? null, email = found?.email ?? null } = profile;
      if (found && found.name === name && found.email === email) return found;
      const user = { ...(found ?? newUser(tenantId, userId, now)), name, email, updatedAt: now };
      state.users.set(rowId(tenantId, userId), user);
      return user;
    });
  }

  find(tenantId: string, userId: string): Promise<User | undefined> {
    return this.#access.run((state) => state.user(tenantId, userId));
  }

  lock(tenantId: string, userId: string): Promise<User | undefined> {
    return this.find(tenantId, userId);
  }

  update(tenantId: string, userId: string, change: UserChange): Promise<User | undefined> {
    return this.#access.run((state) => {
      const user = state.user(tenantId, userId);
      const changed = user && { ...user, ...change, updatedAt: new Date(this.#access.clock.now()) };
      if (changed) state.users.set(rowId(tenantId, userId), changed);
      return changed;
    });
  }

  list(tenantId: string, filter: UserFilter, page: PageRequest): Promise<Page<User>> {
    const { search, isActive } = filter;
    return this.#access.run((state) => {
      const rows = state.users
        .all()
        .filter((user) => user.tenantId === tenantId)
        .filter((user) => isActive === undefined || user.isActive === isActive)
        .filter((user) => search === undefined || [user.id, user.name, user.email].some((text) => holds(text, search)));
      return pageOf(rows, page, (user) => user);
    });
  }

  recordSync(tenantId: string, userId: string, result: UserSyncResult): Promise<void> {
    return this.#access.run((state) => {
      const user = state.user(tenantId, userId);
      if (!user) return;
      const note =
        result.status === 'synced'
          ? { liteLlmUserId: result.liteLlmUserId, syncError: null, lastSyncAt: new Date(this.#access.clock.now()) }
          : { syncError: result.error };
      state.users.set(rowId(tenantId, userId), { ...user, ...note, syncStatus: result.status });
    });
  }
}

function newUser(tenantId: string, id: string, now: Date): User {
  return {
    tenantId,
    id,
    name: null,
    email: null,
    isActive: true,
    liteLlmUserId: null,
    maxBudget: null,
    tpmLimit: null,
    rpmLimit: null,
    syncStatus: 'pending',
    syncError: null,
    lastSyncAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
