import { z } from 'zod';
import type { Transport } from './transport.ts';
import { amount, flag, keyHash, type NonEmptyModels, names, record, text } from './wire.ts';

/** What a key may be given. Amounts are USD. Absent leaves LiteLLM's default, or the value as it is. */
interface KeyFields {
  key_alias?: string | undefined;
  user_id?: string | undefined;
  team_id?: string | undefined;
  /** USD. 0 allows nothing. */
  max_budget?: number | undefined;
  /** USD. LiteLLM only warns above it. On 1.81.12 an update does not change it. */
  soft_budget?: number | undefined;
  /** `30d`, `7d`, `24h`, `1mo`: resets snap to the calendar. Not the words `monthly` and the like (LL-C12). */
  budget_duration?: string | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  max_parallel_requests?: number | undefined;
  /** Time to live from now on: `3600s`, `30d`. Not negative: LiteLLM answers 500 (LL-C13). */
  duration?: string | undefined;
  /** Replaces what is there, but for LiteLLM's own entries (LL-C31). */
  metadata?: Record<string, unknown> | undefined;
  blocked?: boolean | undefined;
}

export interface GenerateKeyRequest extends KeyFields {
  /** The secret; begins with `sk-`, 16 characters or more. Absent: LiteLLM makes one. */
  key?: string | undefined;
  models: NonEmptyModels;
  /** Issued keys should be `llm_api`, so that they reach no management route (LL-C17). */
  key_type?: 'llm_api' | 'management' | 'read_only' | 'default' | undefined;
  /** USD spent already. */
  spend?: number | undefined;
}

type Clearable =
  | 'key_alias'
  | 'user_id'
  | 'team_id'
  | 'max_budget'
  | 'soft_budget'
  | 'budget_duration'
  | 'tpm_limit'
  | 'rpm_limit'
  | 'max_parallel_requests';

/**
 * Only what shall change; null clears (LL-C29). 1.81.12 does not clear `budget_duration` and `soft_budget`. A key that
 * shall never expire takes the duration `-1`: null does not clear it on 1.81.12.
 */
export interface UpdateKeyRequest extends Omit<KeyFields, Clearable> {
  key_alias?: string | null | undefined;
  user_id?: string | null | undefined;
  team_id?: string | null | undefined;
  max_budget?: number | null | undefined;
  soft_budget?: number | null | undefined;
  budget_duration?: string | null | undefined;
  tpm_limit?: number | null | undefined;
  rpm_limit?: number | null | undefined;
  max_parallel_requests?: number | null | undefined;
  models?: NonEmptyModels | undefined;
}

export interface ListKeysRequest {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100; above, LiteLLM answers 422 (LL-C23). Default 10. */
  size?: number | undefined;
  user_id?: string | undefined;
  team_id?: string | undefined;
  key_alias?: string | undefined;
  key_hash?: string | undefined;
  sort_by?: 'spend' | 'max_budget' | 'created_at' | 'updated_at' | 'token' | 'key_alias' | undefined;
  sort_order?: 'asc' | 'desc' | undefined;
}

const keyFields = {
  key_name: text,
  key_alias: text,
  user_id: text,
  team_id: text,
  models: names,
  spend: amount,
  max_budget: amount,
  budget_duration: text,
  tpm_limit: amount,
  rpm_limit: amount,
  max_parallel_requests: amount,
  expires: text,
  blocked: flag,
  metadata: record,
  /** From about 1.104 on: `active`, `expired`, `revoked` or `deleted`. */
  status: text,
  /** Holds `soft_budget`; only /key/info fills it. */
  litellm_budget_table: z.looseObject({ soft_budget: amount }).nullable().default(null),
};

const keyInfo = z.looseObject(keyFields);
const keyRow = z.looseObject({ ...keyFields, token: z.string() });
const infoAnswer = z.looseObject({ info: keyInfo });
const generateAnswer = z
  .looseObject({ key: z.string(), token_id: text, token: text })
  .transform((answer) => ({ ...answer, token_id: answer.token_id ?? answer.token }))
  .refine((answer) => answer.token_id, { path: ['token_id'] })
  .transform((answer) => ({ ...answer, token_id: answer.token_id ?? '' }));
const deleteAnswer = z.looseObject({ deleted_keys: names });
const listAnswer = z.looseObject({
  keys: z.array(keyRow),
  total_count: amount,
  current_page: z.number(),
  total_pages: z.number(),
});
const updateAnswer = z.looseObject(keyFields);
const blockAnswer = z.looseObject({ blocked: flag });

/** A key as /key/info tells it, without its hash; fields of newer versions are on it as well. */
export type LiteLlmKeyInfo = z.output<typeof keyInfo>;
/** A key as /key/list tells it; `token` is its hash. */
export type LiteLlmKeyRow = z.output<typeof keyRow>;
/** What /key/generate answers: it echoes the request, which is no proof that something was stored (LL-C8). */
export type GeneratedKey = z.output<typeof generateAnswer>;
export type KeyList = z.output<typeof listAnswer>;

/** /key routes. A key is named by its hash everywhere but in `generate`. Every method throws {@link LiteLlmError}. */
export interface KeysClient {
  /** Sent once, never again by itself: it is not idempotent (LL-C7, LL-C8). */
  generate(request: GenerateKeyRequest, signal?: AbortSignal): Promise<GeneratedKey>;
  update(hash: string, change: UpdateKeyRequest, signal?: AbortSignal): Promise<LiteLlmKeyInfo>;
  /** Fails with `not_found` when none of them is there; else LiteLLM tells them all deleted (LL-C39, LL-C40). */
  delete(hashes: readonly [string, ...string[]], signal?: AbortSignal): Promise<string[]>;
  /** Of a deleted key: `not_found` up to 1.92, later a key with the status `deleted` (LL-C21). */
  info(hash: string, signal?: AbortSignal): Promise<LiteLlmKeyInfo>;
  /** Keys that match exactly: 1.83.3 to 1.89 answer with more, which is left out here (LL-C24). */
  list(request?: ListKeysRequest, signal?: AbortSignal): Promise<KeyList>;
  block(hash: string, signal?: AbortSignal): Promise<void>;
  unblock(hash: string, signal?: AbortSignal): Promise<void>;
}

export function createKeysClient(transport: Transport): KeysClient {
  const setBlocked = async (path: string, hash: string, signal: AbortSignal | undefined) => {
    const key = keyHash(hash);
    await transport.send({
      method: 'post',
      path,
      json: { key },
      answer: blockAnswer,
      repeatable: true,
      keyHash: key,
      signal,
    });
  };
  return {
    generate: (json, signal) =>
      transport.send({
        method: 'post',
        path: 'key/generate',
        json,
        answer: generateAnswer,
        repeatable: false,
        secret: json.key,
        signal,
      }),
    async update(hash, change, signal) {
      const key = keyHash(hash);
      const json = { ...change, key };
      return transport.send({
        method: 'post',
        path: 'key/update',
        json,
        answer: updateAnswer,
        repeatable: true,
        keyHash: key,
        signal,
      });
    },
    async delete(hashes, signal) {
      const json = { keys: hashes.map(keyHash) };
      const call = {
        method: 'post',
        path: 'key/delete',
        json,
        answer: deleteAnswer,
        repeatable: true,
        signal,
      } as const;
      return (await transport.send(call)).deleted_keys;
    },
    async info(hash, signal) {
      const key = keyHash(hash);
      const call = { method: 'get', path: 'key/info', query: { key }, answer: infoAnswer, repeatable: true } as const;
      return (await transport.send({ ...call, keyHash: key, signal })).info;
    },
    async list(request = {}, signal) {
      const query = { ...request, return_full_object: true };
      const call = { method: 'get', path: 'key/list', query, answer: listAnswer, repeatable: true, signal } as const;
      const list = await transport.send(call);
      return { ...list, keys: list.keys.filter((key) => matches(key, request)) };
    },
    block: (hash, signal) => setBlocked('key/block', hash, signal),
    unblock: (hash, signal) => setBlocked('key/unblock', hash, signal),
  };
}

function matches(key: LiteLlmKeyRow, wanted: ListKeysRequest): boolean {
  return (
    (wanted.user_id === undefined || key.user_id === wanted.user_id) &&
    (wanted.team_id === undefined || key.team_id === wanted.team_id) &&
    (wanted.key_alias === undefined || key.key_alias === wanted.key_alias) &&
    (wanted.key_hash === undefined || key.token === wanted.key_hash)
  );
}
