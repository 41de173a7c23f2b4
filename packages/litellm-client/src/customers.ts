import { z } from 'zod';
import { normalised } from './durations.ts';
import type { Transport } from './transport.ts';
import { amount, flag, type NonEmpty, text } from './wire.ts';

interface CustomerFields {
  /** What calls name in `user` or in the header `x-litellm-end-user-id`. */
  user_id: string;
  alias?: string | undefined;
  blocked?: boolean | undefined;
}

/** USD of its own, or a shared budget: LiteLLM answers 422 for both. */
type CustomerBudget =
  | { max_budget?: number | undefined; budget_duration?: string | undefined; budget_id?: undefined }
  | { budget_id: string; max_budget?: undefined; budget_duration?: undefined };

export type CreateCustomerRequest = CustomerFields & CustomerBudget;

/** Only what shall change. */
export type UpdateCustomerRequest = CustomerFields &
  ({ max_budget?: number | undefined; budget_id?: undefined } | { budget_id: string; max_budget?: undefined });

const customer = z.looseObject({
  user_id: z.string(),
  alias: text,
  blocked: flag,
  spend: amount,
  litellm_budget_table: z
    .looseObject({ budget_id: text, max_budget: amount, budget_duration: text })
    .nullable()
    .default(null),
});

/** An end user as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmCustomer = z.output<typeof customer>;

/** /customer routes: end users of a key's owner, with a budget but no key of their own. */
export interface CustomersClient {
  /** `already_exists` when the id is taken. */
  create(request: CreateCustomerRequest, signal?: AbortSignal): Promise<LiteLlmCustomer>;
  update(request: UpdateCustomerRequest, signal?: AbortSignal): Promise<LiteLlmCustomer>;
  info(userId: string, signal?: AbortSignal): Promise<LiteLlmCustomer>;
  /** All of them: LiteLLM does not page this list. */
  list(signal?: AbortSignal): Promise<LiteLlmCustomer[]>;
  delete(userIds: NonEmpty, signal?: AbortSignal): Promise<void>;
  /** Do not count on it: calls that name a blocked customer go on being answered for a while. */
  block(userIds: NonEmpty, signal?: AbortSignal): Promise<void>;
  /** Needs a part of LiteLLM that only its Docker image has: else `enterprise_required`. */
  unblock(userIds: NonEmpty, signal?: AbortSignal): Promise<void>;
}

export function createCustomersClient(transport: Transport): CustomersClient {
  const change = async (path: string, userIds: NonEmpty, signal: AbortSignal | undefined) => {
    await transport.change(path, z.unknown(), { json: { user_ids: userIds }, signal });
  };
  return {
    create: async (request, signal) => transport.once('customer/new', customer, { json: normalised(request), signal }),
    update: (json, signal) => transport.change('customer/update', customer, { json, signal }),
    info: (userId, signal) => transport.read('customer/info', customer, { query: { end_user_id: userId }, signal }),
    list: (signal) => transport.read('customer/list', z.array(customer), { signal }),
    delete: (userIds, signal) => change('customer/delete', userIds, signal),
    block: (userIds, signal) => change('customer/block', userIds, signal),
    unblock: (userIds, signal) => change('customer/unblock', userIds, signal),
  };
}
