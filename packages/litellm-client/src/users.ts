import { z } from 'zod';
import { normalised } from './durations.ts';
import { walkPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { amount, type Clearing, type NonEmpty, type NonEmptyModels, names, record, text } from './wire.ts';

/** What a user may be given. Amounts are USD. */
interface UserFields {
  user_id: string;
  user_email?: string | undefined;
  user_alias?: string | undefined;
  user_role?: 'proxy_admin' | 'proxy_admin_viewer' | 'internal_user' | 'internal_user_viewer' | undefined;
  /** Absent: all models. */
  models?: NonEmptyModels | undefined;
  max_budget?: number | undefined;
  /** As of a key. */
  budget_duration?: string | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** LiteLLM's own default, a key without alias beside the user, cannot be asked for: `auto_create_key` is always false. */
export interface CreateUserRequest extends UserFields {
  /** Ids of teams that the user joins. */
  teams?: NonEmpty | undefined;
}

/** Only what shall change; null clears. 1.81.12 clears `max_budget` only, and leaves the other two as they are. */
export type UpdateUserRequest = Clearing<UserFields, 'max_budget' | 'tpm_limit' | 'rpm_limit'>;

export interface UserFilter {
  role?: UserFields['user_role'];
  /** Joined by commas for LiteLLM, so that an id with a comma cannot be asked for. */
  user_ids?: NonEmpty | undefined;
  /** Part of an address. */
  user_email?: string | undefined;
  /** Id of a team. */
  team?: string | undefined;
}

export interface ListUsersRequest extends UserFilter {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100. Default 25. */
  page_size?: number | undefined;
  sort_by?: 'user_id' | 'user_email' | 'created_at' | 'spend' | undefined;
  sort_order?: 'asc' | 'desc' | undefined;
}

const user = z.looseObject({
  user_id: z.string(),
  user_email: text,
  user_alias: text,
  user_role: text,
  models: names,
  max_budget: amount,
  budget_duration: text,
  tpm_limit: amount,
  rpm_limit: amount,
  spend: amount,
  metadata: record,
});
const updateAnswer = z.looseObject({ data: user });
const infoAnswer = z.looseObject({ user_info: user });
const listAnswer = z.looseObject({ users: z.array(user), total: z.number(), total_pages: z.number() });

/** A user as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmUser = z.output<typeof user>;
export type UserList = z.output<typeof listAnswer>;

/** /user routes. Every method throws {@link LiteLlmError}. */
export interface UsersClient {
  /** Fails with `already_exists` when the id, or the e-mail address of another user, is taken (LL-C51). */
  create(request: CreateUserRequest, signal?: AbortSignal): Promise<LiteLlmUser>;
  /** LiteLLM creates the user when it is not there, without a key, and also with an e-mail that another one has. */
  update(request: UpdateUserRequest, signal?: AbortSignal): Promise<LiteLlmUser>;
  info(userId: string, signal?: AbortSignal): Promise<LiteLlmUser>;
  list(request?: ListUsersRequest, signal?: AbortSignal): Promise<UserList>;
  /** Every user, one page in memory at a time. Throws `inconsistent_pages` when users are deleted meanwhile. */
  all(filter?: UserFilter, signal?: AbortSignal): AsyncIterable<LiteLlmUser>;
  /** Deletes their keys as well. Resolves to how many users are gone. */
  delete(userIds: NonEmpty, signal?: AbortSignal): Promise<number>;
}

export function createUsersClient(transport: Transport): UsersClient {
  const list: UsersClient['list'] = (request = {}, signal) => {
    const query = { ...request, user_ids: request.user_ids?.join(',') };
    return transport.read('user/list', listAnswer, { query, signal });
  };
  return {
    async create(request, signal) {
      return transport.once('user/new', user, { json: { ...normalised(request), auto_create_key: false }, signal });
    },
    async update(request, signal) {
      return (await transport.change('user/update', updateAnswer, { json: normalised(request), signal })).data;
    },
    async info(userId, signal) {
      return (await transport.read('user/info', infoAnswer, { query: { user_id: userId }, signal })).user_info;
    },
    list,
    all: (filter = {}, signal) =>
      walkPages(100, async (page) => {
        const order = { sort_by: 'created_at', sort_order: 'asc' } as const; // new ones come last
        const { users: rows, total } = await list({ ...filter, ...order, page, page_size: 100 }, signal);
        return { rows, total };
      }),
    // the body is the bare number (LL-C52)
    delete: (userIds, signal) => transport.change('user/delete', z.number(), { json: { user_ids: userIds }, signal }),
  };
}
