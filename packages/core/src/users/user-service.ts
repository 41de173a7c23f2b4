import { z } from 'zod';
import { type Actor, authorise, type Reach } from '../actor.ts';
import { KeywrightError } from '../errors.ts';
import { parseInput, text } from '../input.ts';
import type { Page, PageRequest } from '../page.ts';
import type { UserStore } from './ports.ts';
import type { User } from './user.ts';

export const listUsersInput = z.strictObject({
  search: text(100).optional(),
  isActive: z.boolean({ error: 'should be true or false' }).optional(),
});

export type ListUsersInput = z.input<typeof listUsersInput>;

/** The users that the host has named, for admins and operators. */
export class UserService {
  readonly #store: UserStore;

  constructor(store: UserStore) {
    this.#store = store;
  }

  /** Newest first. */
  async list(
    actor: Actor,
    input: ListUsersInput,
    page: PageRequest,
    reach: Reach = { of: 'tenant' },
  ): Promise<Page<User>> {
    const filter = parseInput(listUsersInput, input);
    const { tenantId } = authorise(actor, reach, 'read');
    return this.#store.list(tenantId, filter, page);
  }

  /** Throws `user_not_found`. */
  async get(actor: Actor, userId: string, reach: Reach = { of: 'tenant' }): Promise<User> {
    const { tenantId } = authorise(actor, reach, 'read');
    const user = await this.#store.find(tenantId, userId);
    if (!user) throw new KeywrightError('user_not_found', 'There is no such user in this tenant.');
    return user;
  }
}
