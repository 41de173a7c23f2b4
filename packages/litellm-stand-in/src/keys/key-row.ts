import { nextBudgetReset } from '../durations.ts';
import { toUsd } from '../money.ts';
import { isoFormat } from '../python.ts';
import type { Profile } from '../version/profile.ts';
import { recentColumns } from './key-columns.ts';

/** Columns that requests set as they are, under LiteLLM's names. */
export interface KeyFields {
  key_alias: string | null;
  models: string[];
  user_id: string | null;
  team_id: string | null;
  /** USD. */
  max_budget: number | null;
  budget_duration: string | null;
  /** Tokens per minute. */
  tpm_limit: number | null;
  /** Requests per minute. */
  rpm_limit: number | null;
  max_parallel_requests: number | null;
  metadata: Record<string, unknown>;
  allowed_routes: string[];
  [column: string]: unknown;
}

/** One row of LiteLLM_VerificationToken. */
export interface KeyRow {
  /** SHA-256 of the secret, the primary key. */
  token: string;
  /** Masked secret. */
  keyName: string;
  keyType: string;
  fields: KeyFields;
  /** Nano-USD since the last budget reset. */
  spend: bigint;
  /** USD; kept in a budget of its own, not in a column. */
  softBudget: number | null;
  /** Null until /key/block is first called. */
  blocked: boolean | null;
  expires: Date | null;
  budgetResetAt: Date | null;
  lastActive: Date | null;
  createdAt: Date;
  updatedAt: Date;
  createdBy: string;
  updatedBy: string;
}

export interface DeletedKeyRow extends KeyRow {
  deletedAt: Date;
  deletedBy: string;
}

/** The columns of a key that was created with nothing but defaults. */
export function initialKeyFields(): KeyFields {
  return {
    key_alias: null,
    models: [],
    user_id: null,
    team_id: null,
    organization_id: null,
    budget_id: null,
    max_budget: null,
    budget_duration: null,
    tpm_limit: null,
    rpm_limit: null,
    max_parallel_requests: null,
    metadata: {},
    permissions: {},
    aliases: {},
    config: {},
    allowed_routes: [],
    allowed_cache_controls: [],
    policies: [],
    access_group_ids: [],
    object_permission: null,
    router_settings: null,
    auto_rotate: false,
    rotation_interval: null,
    agent_id: null,
    project_id: null,
    tpd_limit: null,
    budget_fallbacks: null,
    budget_limits: null,
  };
}

/** What /key/info and /key/list call the key's condition. */
export function keyStatus(row: KeyRow, now: Date): 'active' | 'expired' | 'revoked' | 'deleted' {
  if ('deletedAt' in row) return 'deleted';
  if (row.blocked) return 'revoked';
  return row.expires && row.expires <= now ? 'expired' : 'active';
}

/** Starts the budget again when its time has come; LiteLLM does so within ten minutes, the stand-in at once. */
export function resetBudgetWhenDue(row: KeyRow, now: Date, profile: Profile): void {
  const { budget_duration } = row.fields;
  if (!budget_duration || !row.budgetResetAt || row.budgetResetAt > now) return;
  row.spend = 0n;
  row.budgetResetAt = nextBudgetReset(budget_duration, now, profile);
}

function columns(fields: KeyFields, profile: Profile): Record<string, unknown> {
  const hidden: readonly string[] = profile.recentKeyFields ? [] : recentColumns;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !hidden.includes(name)));
}

const isoOrNull = (date: Date | null): string | null => date && isoFormat(date);

/** The row as answers show it, without its token. */
export function keyRowBody(row: KeyRow, profile: Profile): Record<string, unknown> {
  return {
    key_name: row.keyName,
    ...columns(row.fields, profile),
    spend: toUsd(row.spend),
    expires: isoOrNull(row.expires),
    blocked: row.blocked,
    budget_reset_at: isoOrNull(row.budgetResetAt),
    soft_budget_cooldown: false,
    model_spend: {},
    model_max_budget: {},
    object_permission_id: null,
    rotation_count: 0,
    last_rotation_at: null,
    key_rotation_at: null,
    created_at: isoFormat(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoFormat(row.updatedAt),
    updated_by: row.updatedBy,
    litellm_budget_table: row.softBudget === null ? null : { soft_budget: row.softBudget, max_budget: null },
    litellm_organization_table: null,
    ...(profile.recentKeyFields && {
      total_spend: toUsd(row.spend),
      key_type: row.keyType,
      settings_updated_at: isoFormat(row.updatedAt),
      last_active: isoOrNull(row.lastActive),
      litellm_project_table: null,
      jwt_key_mappings: [],
    }),
    ...('deletedAt' in row && deletionOf(row)),
  };
}

function deletionOf(row: KeyRow): Record<string, unknown> {
  const { deletedAt, deletedBy } = row as DeletedKeyRow;
  return { deleted_at: isoFormat(deletedAt), deleted_by: deletedBy };
}
