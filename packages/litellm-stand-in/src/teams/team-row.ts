import { budgetColumns } from '../budgets/budget-row.ts';
import { nextBudgetReset } from '../durations.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { isoFormat } from '../python.ts';

/** Columns of a team that requests may set as they are. */
export const teamColumns = {
  team_alias: { type: 'string' },
  organization_id: { type: 'string' },
  models: { type: 'strings' },
  metadata: { type: 'object' },
  max_budget: budgetColumns.max_budget,
  soft_budget: budgetColumns.soft_budget,
  budget_duration: budgetColumns.budget_duration,
  tpm_limit: budgetColumns.tpm_limit,
  rpm_limit: budgetColumns.rpm_limit,
  max_parallel_requests: budgetColumns.max_parallel_requests,
  team_member_permissions: { type: 'list' },
  router_settings: { type: 'object' },
  access_group_ids: { type: 'list' },
} as const satisfies FieldSpecs;

/** Fields that live in a team's metadata. */
export const teamMetadataFields = {
  model_rpm_limit: { type: 'object' },
  model_tpm_limit: { type: 'object' },
  team_member_key_duration: { type: 'string' },
} as const satisfies FieldSpecs;

/** What /team/new and /team/update read. */
export const teamFields: FieldSpecs = {
  ...teamColumns,
  ...teamMetadataFields,
  team_id: { type: 'string' },
  members_with_roles: { type: 'list' },
  blocked: { type: 'boolean' },
  tags: { type: 'strings' },
  model_max_budget: { type: 'object' },
};

export interface TeamFields {
  team_alias: string | null;
  organization_id: string | null;
  /** Empty means all. */
  models: string[];
  metadata: Record<string, unknown>;
  /** USD. */
  max_budget: number | null;
  /** USD; warns and refuses nothing. */
  soft_budget: number | null;
  budget_duration: string | null;
  /** Tokens per minute, over all keys of the team. */
  tpm_limit: number | null;
  /** Requests per minute, over all keys of the team. */
  rpm_limit: number | null;
  max_parallel_requests: number | null;
  [column: string]: unknown;
}

export interface TeamMember {
  user_id: string | null;
  user_email: string | null;
  role: string;
}

/** A member's own limits inside the team. */
export interface TeamMembership {
  budgetId: string | null;
  /** Nano-USD. */
  spend: bigint;
}

/** One row of LiteLLM_TeamTable. */
export interface TeamRow {
  teamId: string;
  fields: TeamFields;
  members: TeamMember[];
  /** By user id. */
  memberships: Record<string, TeamMembership>;
  /** Nano-USD since the last budget reset. */
  spend: bigint;
  blocked: boolean;
  budgetResetAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export function initialTeamFields(): TeamFields {
  return {
    team_alias: null,
    organization_id: null,
    models: [],
    metadata: {},
    max_budget: null,
    soft_budget: null,
    budget_duration: null,
    tpm_limit: null,
    rpm_limit: null,
    max_parallel_requests: null,
    team_member_permissions: [],
    router_settings: {},
    access_group_ids: [],
  };
}

/** When the spend of a team counts from zero again. */
export function teamResetOf({ profile, now }: LiteLlmProxy, { budget_duration: duration }: TeamFields): Date | null {
  return duration ? nextBudgetReset(duration, now(), profile) : null;
}

/** The row as answers show it. */
export function teamRowBody(row: TeamRow, { profile }: Pick<LiteLlmProxy, 'profile'>): Record<string, unknown> {
  return {
    team_id: row.teamId,
    ...row.fields,
    admins: [],
    members: [],
    members_with_roles: row.members,
    spend: toUsd(row.spend),
    blocked: row.blocked,
    budget_reset_at: row.budgetResetAt && isoFormat(row.budgetResetAt),
    model_id: null,
    litellm_model_table: null,
    object_permission: null,
    object_permission_id: null,
    ...(profile.recentKeyFields && {
      budget_limits: null,
      tpd_limit: null,
      model_spend: {},
      model_max_budget: {},
      policies: [],
      default_team_member_models: [],
    }),
    created_at: isoFormat(row.createdAt),
    updated_at: isoFormat(row.updatedAt),
  };
}
