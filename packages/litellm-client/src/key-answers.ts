import { z } from 'zod';
import { amount, flag, names, record, text } from './wire.ts';

const keyFields = {
  key_name: text,
  key_alias: text,
  user_id: text,
  team_id: text,
  organization_id: text,
  models: names,
  spend: amount,
  max_budget: amount,
  budget_id: text,
  budget_duration: text,
  budget_reset_at: text,
  tpm_limit: amount,
  rpm_limit: amount,
  max_parallel_requests: amount,
  expires: text,
  blocked: flag,
  metadata: record,
  created_at: text,
  updated_at: text,
  /** From about 1.104 on: `active`, `expired`, `revoked` or `deleted`. */
  status: text,
  /** Holds `soft_budget`; only /key/info fills it. */
  litellm_budget_table: z.looseObject({ soft_budget: amount }).nullable().default(null),
};

export const keyInfo = z.looseObject(keyFields);
const keyRow = z.looseObject({ ...keyFields, token: z.string() });

export const infoAnswer = z.looseObject({ info: keyInfo });
export const generateAnswer = z
  .looseObject({ key: z.string(), token_id: text, token: text })
  .transform((answer) => ({ ...answer, token_id: answer.token_id ?? answer.token }))
  .refine((answer) => answer.token_id, { path: ['token_id'] })
  .transform((answer) => ({ ...answer, token_id: answer.token_id ?? '' }));
export const deleteAnswer = z.looseObject({ deleted_keys: names });
export const listAnswer = z.looseObject({
  keys: z.array(keyRow),
  total_count: amount,
  current_page: z.number(),
  total_pages: z.number(),
});
export const aliasesAnswer = z.looseObject({ aliases: z.array(z.string()), total_count: amount });
export const blockAnswer = z.looseObject({ blocked: flag });
export const bulkAnswer = z.looseObject({
  total_requested: z.number(),
  successful_updates: z.array(z.looseObject({ key: z.string() })),
  failed_updates: z.array(z.looseObject({ key: z.string(), failed_reason: text })),
});
export const resetAnswer = z.looseObject({ spend: z.number(), previous_spend: amount, budget_reset_at: text });

/** A key as /key/info tells it, without its hash; fields of newer versions are on it as well. */
export type LiteLlmKeyInfo = z.output<typeof keyInfo>;
/** A key as /key/list tells it; `token` is its hash. */
export type LiteLlmKeyRow = z.output<typeof keyRow>;
/** What /key/generate answers: it echoes the request, which is no proof that something was stored (LL-C8). */
export type GeneratedKey = z.output<typeof generateAnswer>;
export type KeyList = z.output<typeof listAnswer>;
/** `total_count` is null on 1.81.12, which gives all of them at once. */
export type KeyAliasList = z.output<typeof aliasesAnswer>;
/** What became of each change, by the hash of the key. */
export type KeysBulkUpdate = z.output<typeof bulkAnswer>;
/** USD. */
export type KeySpendReset = z.output<typeof resetAnswer>;
