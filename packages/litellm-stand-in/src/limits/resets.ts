import type { CustomerRow } from '../customers/customer-row.ts';
import { nextBudgetReset } from '../durations.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { type TeamRow, teamResetOf } from '../teams/team-row.ts';
import { type UserRow, userResetOf } from '../users/user-row.ts';

/** Starts the budget of a team again when its time has come. */
export function resetTeamWhenDue(proxy: LiteLlmProxy, row: TeamRow): void {
  if (!row.budgetResetAt || row.budgetResetAt > proxy.now()) return;
  row.spend = 0n;
  row.budgetResetAt = teamResetOf(proxy, row.fields);
}

/** Starts the budget of a user again when its time has come. */
export function resetUserWhenDue(proxy: LiteLlmProxy, row: UserRow): void {
  if (!row.budgetResetAt || row.budgetResetAt > proxy.now()) return;
  row.spend = 0n;
  row.budgetResetAt = userResetOf(proxy, row.fields);
}

/** Starts the budget of a customer again when its time has come. */
export function resetCustomerWhenDue(proxy: LiteLlmProxy, row: CustomerRow): void {
  if (!row.budgetResetAt || row.budgetResetAt > proxy.now()) return;
  row.spend = 0n;
  const duration = proxy.state.budgets.get(row.budgetId ?? '')?.fields.budget_duration;
  row.budgetResetAt = duration ? nextBudgetReset(duration, proxy.now(), proxy.profile) : null;
}
