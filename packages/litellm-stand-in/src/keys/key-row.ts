import { type BudgetRow, budgetTableBody } from '../budgets/budget-row.ts';
import { nextBudgetReset } from '../durations.ts';
import { toUsd } from '../money.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { isoFormat } from '../python.ts';
import type { Profile } from '../version/profile.ts';
import { recentColumns } from './key-columns.ts';

/** Columns that requests set as they are, under LiteLLM's names. */
export interface KeyFields {
  key_alias: string | null;
  models: string[];
  user_id: string | null;
  team_id: string | null;
  organization_id: string | null;
  /** A shared budget, or the hidden one of `soft_budget`. */
  budget_id: string | null;
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
  /** Several windows at once, on releases that know them. */
  budget_limits: BudgetLimit[] | null;
  [column: string]: unknown;
}

/** One window of `budget_limits`. */
export interface BudgetLimit {
  budget_duration: string;
  /** USD. */
  max_budget: number;
  /** When its spend starts again, as ISO text. */
  reset_at: string;
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
  /** Nano-USD since it was created. */
  totalSpend: bigint;
  /** Nano-USD in each window of `budget_limits`, by its duration. */
  windowSpend: Record<string, bigint>;
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

/** The shared budget of a key. */
export function tierOf({ state }: Pick<LiteLlmProxy, 'state'>, row: KeyRow): BudgetRow | undefined {
  const { budget_id: id } = row.fields;
  return id === null ? undefined : state.budgets.get(id);
}

/** How long a key's spend counts: as it says itself, else as its shared budget says. */
function budgetDuration(proxy: LiteLlmProxy, row: KeyRow): string | null {
  if (row.fields.budget_duration) return row.fields.budget_duration;
  return proxy.profile.resetsTierKeys ? (tierOf(proxy, row)?.fields.budget_duration ?? null) : null;
}

/** When the spend of a key counts from zero again; null when it never does. */
export function firstBudgetReset(proxy: LiteLlmProxy, row: KeyRow): Date | null {
  const duration = budgetDuration(proxy, row);
  return duration ? nextBudgetReset(duration, proxy.now(), proxy.profile) : null;
}

/** Starts budgets again whose time has come; LiteLLM does so within ten minutes, the stand-in at once. */
export function resetKeyWhenDue(proxy: LiteLlmProxy, row: KeyRow): void {
  const now = proxy.now();
  if (row.budgetResetAt && row.budgetResetAt <= now) {
    row.spend = 0n;
    row.budgetResetAt = firstBudgetReset(proxy, row);
    proxy.state.keys.views.clear();
  }
  for (const limit of row.fields.budget_limits ?? []) {
    if (new Date(limit.reset_at) > now) continue;
    limit.reset_at = isoFormat(nextBudgetReset(limit.budget_duration, now, proxy.profile));
    row.windowSpend[limit.budget_duration] = 0n;
  }
}

function columns(fields: KeyFields, profile: Profile): Record<string, unknown> {
  const hidden: readonly string[] = profile.recentKeyFields ? [] : recentColumns;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !hidden.includes(name)));
}

const isoOrNull = (date: Date | null): string | null => date && isoFormat(date);

/** The row as answers show it, without its token. */
export function keyRowBody(row: KeyRow, proxy: LiteLlmProxy): Record<string, unknown> {
  const { profile } = proxy;
  const tier = tierOf(proxy, row);
  return {
    key_name: row.keyName,
    ...columns(row.fields, profile),
    spend: toUsd(row.spend),
    expires: isoOrNull(row.expires),
    blocked: row.blocked,
    budget_reset_at: isoOrNull(row.fields.budget_duration ? row.budgetResetAt : null),
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
    litellm_budget_table: tier ? budgetTableBody(tier) : null,
    litellm_organization_table: null,
    ...(profile.recentKeyFields && {
      total_spend: toUsd(row.totalSpend),
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
