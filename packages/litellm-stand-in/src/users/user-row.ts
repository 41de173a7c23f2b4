import { nextBudgetReset } from '../durations.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { isoFormat } from '../python.ts';

const roles = ['proxy_admin', 'proxy_admin_viewer', 'internal_user', 'internal_user_viewer'];

/** Columns of a user that requests may set as they are. */
export const userColumns = {
  user_email: { type: 'string' },
  user_alias: { type: 'string' },
  user_role: { type: 'string', oneOf: roles },
  sso_user_id: { type: 'string' },
  models: { type: 'strings' },
  teams: { type: 'list' },
  max_budget: { type: 'number' },
  budget_duration: { type: 'string' },
  tpm_limit: { type: 'integer' },
  rpm_limit: { type: 'integer' },
  max_parallel_requests: { type: 'integer' },
  metadata: { type: 'object' },
} as const satisfies FieldSpecs;

/** What /user/new and /user/update read. */
export const userFields: FieldSpecs = {
  ...userColumns,
  user_id: { type: 'string' },
  auto_create_key: { type: 'boolean' },
  send_invite_email: { type: 'boolean' },
  duration: { type: 'string' },
  spend: { type: 'number' },
};

export interface UserFields {
  user_email: string | null;
  user_role: string | null;
  /** Empty means all; only keys without a team look at it. */
  models: string[];
  /** Ids of the teams that the user is a member of. */
  teams: string[];
  /** USD. */
  max_budget: number | null;
  budget_duration: string | null;
  /** Tokens per minute, over all keys of the user. */
  tpm_limit: number | null;
  /** Requests per minute, over all keys of the user. */
  rpm_limit: number | null;
  max_parallel_requests: number | null;
  metadata: Record<string, unknown>;
  [column: string]: unknown;
}

/** One row of LiteLLM_UserTable. */
export interface UserRow {
  userId: string;
  fields: UserFields;
  /** Nano-USD since the last budget reset. */
  spend: bigint;
  budgetResetAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of a user that was created with nothing but defaults. */
export function initialUserFields(): UserFields {
  return {
    user_email: null,
    user_alias: null,
    user_role: null,
    sso_user_id: null,
    models: [],
    teams: [],
    max_budget: null,
    budget_duration: null,
    tpm_limit: null,
    rpm_limit: null,
    max_parallel_requests: null,
    metadata: {},
  };
}

/** When the spend of a user counts from zero again. */
export function userResetOf({ profile, now }: LiteLlmProxy, { budget_duration: duration }: UserFields): Date | null {
  return duration ? nextBudgetReset(duration, now(), profile) : null;
}

/** The row as answers show it. */
export function userRowBody(row: UserRow): Record<string, unknown> {
  return {
    user_id: row.userId,
    ...row.fields,
    spend: toUsd(row.spend),
    budget_reset_at: row.budgetResetAt && isoFormat(row.budgetResetAt),
    created_at: isoFormat(row.createdAt),
    updated_at: isoFormat(row.updatedAt),
  };
}
