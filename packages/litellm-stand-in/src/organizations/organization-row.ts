import { type BudgetRow, budgetColumns, budgetTableBody } from '../budgets/budget-row.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import { isoFormat } from '../python.ts';

/** What /organization/new and /organization/update read. */
export const organizationFields: FieldSpecs = {
  ...budgetColumns,
  organization_id: { type: 'string' },
  organization_alias: { type: 'string' },
  budget_id: { type: 'string' },
  models: { type: 'strings' },
  metadata: { type: 'object' },
};

/** One row of LiteLLM_OrganizationTable. */
export interface OrganizationRow {
  organizationId: string;
  alias: string;
  models: string[];
  metadata: Record<string, unknown>;
  budgetId: string;
  /** Nano-USD. */
  spend: bigint;
  createdAt: Date;
  updatedAt: Date;
  createdBy: string;
  updatedBy: string;
}

/** The row as answers show it. */
export function organizationBody(row: OrganizationRow, budget: BudgetRow | undefined): Record<string, unknown> {
  return {
    organization_id: row.organizationId,
    organization_alias: row.alias,
    budget_id: row.budgetId,
    spend: toUsd(row.spend),
    metadata: row.metadata,
    models: row.models,
    created_by: row.createdBy,
    updated_by: row.updatedBy,
    users: null,
    litellm_budget_table: budget ? budgetTableBody(budget) : null,
    object_permission: null,
    object_permission_id: null,
    members: [],
    teams: [],
    created_at: isoFormat(row.createdAt),
    updated_at: isoFormat(row.updatedAt),
  };
}
