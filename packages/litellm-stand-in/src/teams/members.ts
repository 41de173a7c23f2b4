import { type BudgetFields, initialBudgetFields } from '../budgets/budget-row.ts';
import { createBudget } from '../budgets/create-budget.ts';
import type { Call } from '../http/call.ts';
import { initialUserFields, type UserRow } from '../users/user-row.ts';
import type { TeamRow } from './team-row.ts';

/** The user of that id, created when there is none, as LiteLLM does for new members. */
function ensureUser(call: Call, userId: string, email: string | null): UserRow {
  const { state, now } = call.proxy;
  const known = state.users.get(userId);
  if (known) return known;
  const fields = { ...initialUserFields(), user_role: 'internal_user', user_email: email };
  const row = { userId, fields, spend: 0n, budgetResetAt: null, createdAt: now(), updatedAt: now() };
  state.users.set(userId, row);
  return row;
}

/** Makes a user a member with limits of his own, or with none. The master key's user is no row. */
export function addMembership(
  call: Call,
  team: TeamRow,
  userId: string,
  limits: Partial<BudgetFields>,
  email: string | null = null,
): UserRow | null {
  team.memberships[userId] ??= { budgetId: null, spend: 0n };
  limitMembership(call, team, userId, limits);
  if (call.caller.key === null && userId === call.caller.userId) return null;
  const user = ensureUser(call, userId, email);
  if (!user.fields.teams.includes(team.teamId)) user.fields.teams = [...user.fields.teams, team.teamId];
  return user;
}

/** Changes the limits of a member; they live in a budget. */
export function limitMembership(call: Call, team: TeamRow, userId: string, limits: Partial<BudgetFields>): void {
  const membership = team.memberships[userId];
  if (!membership || Object.values(limits).every((limit) => limit === null || limit === undefined)) return;
  const { budgets } = call.proxy.state;
  const old = membership.budgetId === null ? undefined : budgets.get(membership.budgetId);
  if (old) old.fields = { ...old.fields, ...limits };
  else membership.budgetId = createBudget(call, { ...initialBudgetFields(), ...limits }).budgetId;
}

/** Ends a membership. */
export function removeMembership({ proxy: { state } }: Call, team: TeamRow, userId: string): void {
  delete team.memberships[userId];
  const user = state.users.get(userId);
  if (user) user.fields.teams = user.fields.teams.filter((id) => id !== team.teamId);
}
