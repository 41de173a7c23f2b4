import { type BudgetRow, budgetColumns, budgetTableBody } from '../budgets/budget-row.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import type { Profile } from '../version/profile.ts';

/** What /customer/new and /customer/update read. */
export const customerFields: FieldSpecs = {
  ...budgetColumns,
  user_id: { type: 'string', required: true },
  alias: { type: 'string' },
  blocked: { type: 'boolean' },
  budget_id: { type: 'string' },
  allowed_model_region: { type: 'string', oneOf: ['eu', 'us'] },
  default_model: { type: 'string' },
};

/** One row of LiteLLM_EndUserTable. */
export interface CustomerRow {
  userId: string;
  alias: string | null;
  blocked: boolean;
  /** Nano-USD since the last budget reset. */
  spend: bigint;
  budgetId: string | null;
  budgetResetAt: Date | null;
  allowedModelRegion: string | null;
  defaultModel: string | null;
}

/** The row as answers show it. */
export function customerBody(row: CustomerRow, budget: BudgetRow | undefined, profile: Profile): unknown {
  return {
    user_id: row.userId,
    blocked: row.blocked,
    alias: row.alias,
    spend: toUsd(row.spend),
    allowed_model_region: row.allowedModelRegion,
    default_model: row.defaultModel,
    ...(profile.recentKeyFields && { models: [], budget_id: row.budgetId, object_permission: null }),
    litellm_budget_table: budget ? budgetTableBody(budget) : null,
  };
}
