import { z } from 'zod';
import { normalised } from './durations.ts';
import type { Transport } from './transport.ts';
import { amount, type Clearing, type NonEmpty, text } from './wire.ts';

/** What a shared budget allows. Amounts are USD. */
interface BudgetFields {
  max_budget?: number | undefined;
  /** LiteLLM only warns above it. */
  soft_budget?: number | undefined;
  max_parallel_requests?: number | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  /** As of a key. */
  budget_duration?: string | undefined;
}

export interface CreateBudgetRequest extends BudgetFields {
  /** Absent: LiteLLM makes one. */
  budget_id?: string | undefined;
}

/** Only what shall change; null clears. */
export interface UpdateBudgetRequest
  extends Clearing<BudgetFields, 'max_budget' | 'soft_budget' | 'max_parallel_requests' | 'tpm_limit' | 'rpm_limit'> {
  budget_id: string;
}

const budget = z.looseObject({
  budget_id: z.string(),
  max_budget: amount,
  soft_budget: amount,
  max_parallel_requests: amount,
  tpm_limit: amount,
  rpm_limit: amount,
  budget_duration: text,
  budget_reset_at: text,
});

/** A budget as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmBudget = z.output<typeof budget>;

/** /budget routes: budgets that keys, customers and organizations share by `budget_id`. */
export interface BudgetsClient {
  /** `already_exists` when the id is taken; on 1.81.12 `server_error`. */
  create(request: CreateBudgetRequest, signal?: AbortSignal): Promise<LiteLlmBudget>;
  update(request: UpdateBudgetRequest, signal?: AbortSignal): Promise<LiteLlmBudget>;
  /** Those of them that are there. */
  info(budgetIds: NonEmpty, signal?: AbortSignal): Promise<LiteLlmBudget[]>;
  /** All of them: LiteLLM does not page this list. */
  list(signal?: AbortSignal): Promise<LiteLlmBudget[]>;
  /** False when there was none. */
  delete(budgetId: string, signal?: AbortSignal): Promise<boolean>;
}

export function createBudgetsClient(transport: Transport): BudgetsClient {
  return {
    create: async (request, signal) => transport.once('budget/new', budget, { json: normalised(request), signal }),
    update: async (request, signal) => transport.change('budget/update', budget, { json: normalised(request), signal }),
    // reads, though it is a POST
    info: (budgetIds, signal) =>
      transport.change('budget/info', z.array(budget), { json: { budgets: budgetIds }, signal }),
    list: (signal) => transport.read('budget/list', z.array(budget), { signal }),
    async delete(budgetId, signal) {
      return (await transport.change('budget/delete', budget.nullable(), { json: { id: budgetId }, signal })) !== null;
    },
  };
}
