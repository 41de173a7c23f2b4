import type { FieldSpecs } from '../http/fields.ts';
import { isoFormat } from '../python.ts';

/** Columns of a budget that requests may set. */
export const budgetColumns = {
  max_budget: { type: 'number' },
  soft_budget: { type: 'number' },
  max_parallel_requests: { type: 'integer' },
  tpm_limit: { type: 'integer' },
  rpm_limit: { type: 'integer' },
  model_max_budget: { type: 'object' },
  budget_duration: { type: 'string' },
} as const satisfies FieldSpecs;

export interface BudgetFields {
  /** USD. */
  max_budget: number | null;
  /** USD; warns and refuses nothing. */
  soft_budget: number | null;
  max_parallel_requests: number | null;
  /** Tokens per minute. */
  tpm_limit: number | null;
  /** Requests per minute. */
  rpm_limit: number | null;
  model_max_budget: Record<string, unknown> | null;
  budget_duration: string | null;
  [column: string]: unknown;
}

/** One row of LiteLLM_BudgetTable: limits that keys, customers and organizations can share. */
export interface BudgetRow {
  budgetId: string;
  fields: BudgetFields;
  budgetResetAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  createdBy: string;
  updatedBy: string;
}

export function initialBudgetFields(): BudgetFields {
  return {
    max_budget: null,
    soft_budget: null,
    max_parallel_requests: null,
    tpm_limit: null,
    rpm_limit: null,
    model_max_budget: null,
    budget_duration: null,
  };
}

/** The limits of a budget as the rows that use it show them. */
export function budgetTableBody(row: BudgetRow): Record<string, unknown> {
  return {
    budget_id: row.budgetId,
    ...row.fields,
    budget_reset_at: row.budgetResetAt && isoFormat(row.budgetResetAt),
    created_at: isoFormat(row.createdAt),
  };
}

/** The whole row. */
export function budgetRowBody(row: BudgetRow): Record<string, unknown> {
  return {
    ...budgetTableBody(row),
    created_by: row.createdBy,
    updated_at: isoFormat(row.updatedAt),
    updated_by: row.updatedBy,
  };
}
