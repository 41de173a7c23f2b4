import { type Actor, authorise, type Reach } from '../actor.ts';
import { type AuditData, auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { KeywrightError } from '../errors.ts';
import { definedOnly, parseInput } from '../input.ts';
import type { Invalidations } from '../keys/invalidations.ts';
import { formatUsd } from '../money.ts';
import type { Page, PageRequest } from '../page.ts';
import { changes, pick } from '../pick.ts';
import type { Storage } from '../storage.ts';
import type { SyncWorker } from '../sync/sync-worker.ts';
import type { User } from './user.ts';
import { type ListUsersInput, listUsersInput, type UpdateUserInput, updateUserInput } from './user-input.ts';

const tenantReach: Reach = { of: 'tenant' };

/** The users that the host has named, for admins and operators. */
export class UserService {
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

  /** Newest first. */
  async list(actor: Actor, input: ListUsersInput, page: PageRequest, reach: Reach = tenantReach): Promise<Page<User>> {
    const filter = parseInput(listUsersInput, input);
    const { tenantId } = authorise(actor, reach, 'read');
    return this.#storage.users.list(tenantId, filter, page);
  }

  /** Throws `user_not_found`. */
  async get(actor: Actor, userId: string, reach: Reach = tenantReach): Promise<User> {
    const { tenantId } = authorise(actor, reach, 'read');
    const user = await this.#storage.users.find(tenantId, userId);
    if (!user) throw userNotFound();
    return user;
  }

  /**
   * A user that is deactivated has no key that works, here at once and soon in LiteLLM; reactivated, all work again
   * that worked before. LiteLLM follows through the sync tasks. Throws `validation_failed`, `user_not_found`.
   */
  async update(actor: Actor, userId: string, input: UpdateUserInput, reach: Reach = tenantReach): Promise<User> {
    const change = definedOnly(parseInput(updateUserInput, input));
    const { tenantId } = authorise(actor, reach, 'write');
    const user = await this.#storage.transaction(async (stores) => {
      const before = await stores.users.lock(tenantId, userId);
      if (!before) throw userNotFound();
      if (!changes(before, change)) return before;
      const after = await stores.users.update(tenantId, userId, { ...change, syncStatus: 'pending', syncError: null });
      if (!after) throw userNotFound();
      if (before.isActive !== after.isActive) await stores.syncTasks.markKeysOf(tenantId, { userId });
      await stores.syncTasks.mark(tenantId, 'user', userId);
      const what = { tenantId, action: 'USER_UPDATE' as const, before: auditUser(before), after: auditUser(after) };
      const entry = auditEntry(this.#clock, actor, { ...what, resourceType: 'user', resourceId: userId });
      await stores.audit.append(tenantId, entry);
      return after;
    });
    this.#invalidations.announce({ of: 'user', tenantId, id: userId });
    this.#worker.kick();
    return user;
  }
}

function userNotFound(): KeywrightError {
  return new KeywrightError('user_not_found', 'There is no such user in this tenant.');
}

function auditUser(user: User): AuditData {
  return {
    ...pick(user, ['name', 'email', 'isActive', 'tpmLimit', 'rpmLimit']),
    maxBudget: user.maxBudget === null ? null : formatUsd(user.maxBudget),
  };
}
