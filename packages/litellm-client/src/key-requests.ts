import type { Clearing, NonEmpty, NonEmptyModels } from './wire.ts';

/** What a key may be given. Amounts are USD. Absent leaves LiteLLM's default, or the value as it is. */
interface KeyFields {
  key_alias?: string | undefined;
  user_id?: string | undefined;
  team_id?: string | undefined;
  organization_id?: string | undefined;
  /** A shared budget of /budget/new. */
  budget_id?: string | undefined;
  /** USD. 0 allows nothing. */
  max_budget?: number | undefined;
  /** USD. LiteLLM only warns above it. On 1.81.12 an update does not change it. */
  soft_budget?: number | undefined;
  /** `24h`, `7d`, `30d`, `1mo`; `daily`, `weekly`, `monthly` and the like are translated. Resets snap to the calendar. */
  budget_duration?: string | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  max_parallel_requests?: number | undefined;
  /** Time to live from now on: `3600s`, `30d`. Not negative: LiteLLM answers 500 (LL-C13). */
  duration?: string | undefined;
  /** Replaces what is there, but for LiteLLM's own entries (LL-C31). */
  metadata?: Record<string, unknown> | undefined;
  blocked?: boolean | undefined;
  /** Other names for models, for this key alone. */
  aliases?: Record<string, string> | undefined;
  /** Limits for each model. LiteLLM stores them in the metadata, and null does not clear them (LL-C30). */
  model_rpm_limit?: Record<string, number> | undefined;
  model_tpm_limit?: Record<string, number> | undefined;
  /** Needs a licence (LL-C50), as `tags` do. */
  model_max_budget?: Record<string, { max_budget: number; budget_duration: string }> | undefined;
  tags?: readonly string[] | undefined;
  guardrails?: readonly string[] | undefined;
  /** Overrides `key_type`. */
  allowed_routes?: readonly string[] | undefined;
  permissions?: Record<string, unknown> | undefined;
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

/** A key that belongs to a team and to no user, and outlives its users. */
export interface GenerateServiceAccountKeyRequest extends Omit<GenerateKeyRequest, 'user_id'> {
  team_id: string;
}

/**
 * Only what shall change; null clears (LL-C29). 1.81.12 does not clear `budget_duration` and `soft_budget`. A key that
 * shall never expire takes the duration `-1`: null does not clear it on 1.81.12.
 */
export interface UpdateKeyRequest
  extends Clearing<
    KeyFields,
    | 'key_alias'
    | 'user_id'
    | 'team_id'
    | 'organization_id'
    | 'budget_id'
    | 'max_budget'
    | 'soft_budget'
    | 'budget_duration'
    | 'tpm_limit'
    | 'rpm_limit'
    | 'max_parallel_requests'
  > {
  models?: NonEmptyModels | undefined;
}

/** Which keys. Filters that older versions read as part of a text are applied once more, exactly. */
export interface KeyFilter {
  user_id?: string | undefined;
  team_id?: string | undefined;
  organization_id?: string | undefined;
  key_alias?: string | undefined;
  key_hash?: string | undefined;
  /** Part of an alias, or a whole hash. Ignored on 1.81.12. */
  search?: string | undefined;
  /** With `user_id`: the keys of this user's teams as well. */
  include_team_keys?: boolean | undefined;
  /** With `user_id`: the keys that this user created for others as well. */
  include_created_by_keys?: boolean | undefined;
  project_id?: string | undefined;
  access_group_id?: string | undefined;
  agent_id?: string | undefined;
  /** Up to 1.92.2 only `deleted` (400 for the others). Absent: all that are not deleted. */
  status?: 'active' | 'expired' | 'revoked' | 'deleted' | undefined;
  /** Ignored on 1.81.12. */
  expires?: 'active' | 'expired' | undefined;
}

export interface ListKeysRequest extends KeyFilter {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100; above, LiteLLM answers 422 (LL-C23). Default 10. */
  size?: number | undefined;
  /** Absent: newest first. */
  sort_by?: 'spend' | 'max_budget' | 'created_at' | 'updated_at' | 'token' | 'key_alias' | undefined;
  sort_order?: 'asc' | 'desc' | undefined;
}

/** 1.81.12 takes none of it: it answers every alias. */
export interface ListKeyAliasesRequest {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100. Default 50. */
  size?: number | undefined;
  /** Part of an alias, in any case. */
  search?: string | undefined;
}

/** Up to 500 changes; LiteLLM answers 400 above (LL-C46). */
export type BulkUpdateKeysRequest = NonEmpty<{
  /** The hash of the key's secret. */
  key: string;
  budget_id?: string | undefined;
  max_budget?: number | undefined;
  team_id?: string | undefined;
  /** Needs a licence. */
  tags?: readonly string[] | undefined;
}>;
