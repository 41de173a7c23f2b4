import { randomUUID } from 'node:crypto';
import { addDuration, nextBudgetReset, parseDuration } from '../durations.ts';
import { actorOf, type Call } from '../http/call.ts';
import { type BudgetFields, type BudgetRow, budgetColumns, initialBudgetFields } from './budget-row.ts';

/** The budget columns among the fields of a request. */
export function givenBudget(given: Record<string, unknown>): Partial<BudgetFields> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in budgetColumns));
}

/** When the spend under a budget counts from zero again. */
export function budgetResetOf({ proxy }: Call, { budget_duration: duration }: BudgetFields): Date | null {
  const parsed = duration === null || proxy.profile.checksBudgets ? null : parseDuration(duration);
  if (parsed) return addDuration(proxy.now(), parsed);
  return duration ? nextBudgetReset(duration, proxy.now(), proxy.profile) : null;
}

/** Stores a budget, with an id of its own unless one is given. */
export function createBudget(call: Call, given: Partial<BudgetFields>, id: string = randomUUID()): BudgetRow {
  const { now, state } = call.proxy;
  const fields = { ...initialBudgetFields(), ...given };
  const [by, at] = [actorOf(call), now()];
  const row: BudgetRow = {
    budgetId: id,
    fields,
    budgetResetAt: budgetResetOf(call, fields),
    createdAt: at,
    updatedAt: at,
    createdBy: by,
    updatedBy: by,
  };
  state.budgets.set(id, row);
  return row;
}
