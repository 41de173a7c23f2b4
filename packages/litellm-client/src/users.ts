import { z } from 'zod';
import type { Transport } from './transport.ts';
import { amount, text } from './wire.ts';

/** What a user may be given. Amounts are USD. */
interface UserFields {
  user_id: string;
  user_email?: string | undefined;
  user_alias?: string | undefined;
}

/** LiteLLM's own default, a key without alias beside the user, cannot be asked for: `auto_create_key` is always false. */
export interface CreateUserRequest extends UserFields {
  max_budget?: number | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
}

/** Only what shall change; null clears. 1.81.12 clears `max_budget` only, and leaves the other two as they are. */
export interface UpdateUserRequest extends UserFields {
  max_budget?: number | null | undefined;
  tpm_limit?: number | null | undefined;
  rpm_limit?: number | null | undefined;
}

const user = z.looseObject({
  user_id: z.string(),
  user_email: text,
  max_budget: amount,
  tpm_limit: amount,
  rpm_limit: amount,
  spend: amount,
});
const updateAnswer = z.looseObject({ data: user });
const infoAnswer = z.looseObject({ user_info: user });

/** A user as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmUser = z.output<typeof user>;

/** /user routes. Every method throws {@link LiteLlmError}. */
export interface UsersClient {
  /** Fails with `already_exists` when the id, or the e-mail address of another user, is taken (LL-C51). */
  create(request: CreateUserRequest, signal?: AbortSignal): Promise<LiteLlmUser>;
  /** LiteLLM creates the user when it is not there, without a key, and also with an e-mail that another one has. */
  update(request: UpdateUserRequest, signal?: AbortSignal): Promise<LiteLlmUser>;
  info(userId: string, signal?: AbortSignal): Promise<LiteLlmUser>;
  /** Deletes their keys as well. Resolves to how many users are gone. */
  delete(userIds: readonly [string, ...string[]], signal?: AbortSignal): Promise<number>;
}

export function createUsersClient(transport: Transport): UsersClient {
  return {
    create: (request, signal) =>
      transport.send({
        method: 'post',
        path: 'user/new',
        json: { ...request, auto_create_key: false },
        answer: user,
        repeatable: false,
        signal,
      }),
    async update(json, signal) {
      const call = {
        method: 'post',
        path: 'user/update',
        json,
        answer: updateAnswer,
        repeatable: true,
        signal,
      } as const;
      return (await transport.send(call)).data;
    },
    async info(userId, signal) {
      const query = { user_id: userId };
      const call = { method: 'get', path: 'user/info', query, answer: infoAnswer, repeatable: true, signal } as const;
      return (await transport.send(call)).user_info;
    },
    delete: (userIds, signal) =>
      transport.send({
        method: 'post',
        path: 'user/delete',
        json: { user_ids: userIds },
        answer: z.number(), // the body is the bare number (LL-C52)
        repeatable: true,
        signal,
      }),
  };
}
