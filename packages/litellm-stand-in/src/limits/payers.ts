import type { Call } from '../http/call.ts';
import { type KeyRow, resetKeyWhenDue, tierOf } from '../keys/key-row.ts';
import { toUsd } from '../money.ts';
import { pythonFloat } from '../python.ts';
import type { Profile } from '../version/profile.ts';
import { resetCustomerWhenDue, resetTeamWhenDue, resetUserWhenDue } from './resets.ts';

/** Someone who pays for a call, with or without a budget. */
export interface Payer {
  /** Name in the tallies of what is reserved and what is not written yet. */
  name: string;
  /** Nano-USD in the database. */
  spent: bigint;
  /** USD; null means unlimited. */
  budget: number | null;
  /** Whether spend that equals the budget is over it. */
  inclusive: boolean;
  /** What a refusal says. */
  message(spendNano: bigint, budget: number): string;
  /** Adds to the database. */
  charge(nano: bigint): void;
}

const usd = (nano: bigint) => pythonFloat(toUsd(nano));

function exceeded(whose: string): Payer['message'] {
  return (spend, budget) =>
    `Budget has been exceeded! ${whose}Current cost: ${usd(spend)}, Max budget: ${pythonFloat(budget)}`;
}

function overBudget(whose: string): Payer['message'] {
  return (spend, budget) => `ExceededBudget: ${whose} over budget. Spend=${usd(spend)}, Budget=${pythonFloat(budget)}`;
}

function organizationPayer({ proxy: { state, profile }, caller }: Call): Payer[] {
  const id = caller.key?.fields.organization_id ?? caller.team?.fields.organization_id;
  const row = id ? state.organizations.get(id) : undefined;
  if (!row) return [];
  const budget = state.budgets.get(row.budgetId)?.fields.max_budget ?? null;
  const charge = (nano: bigint) => {
    row.spend += nano;
  };
  const message = exceeded(`Organization=${row.organizationId} `);
  return [payer(profile, `organization:${row.organizationId}`, row.spend, budget, message, charge)];
}

function payer(
  profile: Profile,
  name: string,
  spent: bigint,
  budget: number | null,
  message: Payer['message'],
  charge: Payer['charge'],
): Payer {
  return { name, spent, budget, inclusive: profile.userBudgetIsInclusive, message, charge };
}

function teamPayers({ proxy, caller }: Call): Payer[] {
  const { team, userId } = caller;
  if (!team) return [];
  resetTeamWhenDue(proxy, team);
  const message = exceeded(`Team=${team.teamId} `);
  const payers = [
    payer(proxy.profile, `team:${team.teamId}`, team.spend, team.fields.max_budget, message, (nano) => {
      team.spend += nano;
    }),
  ];
  const membership = userId === null ? undefined : team.memberships[userId];
  if (!membership) return payers;
  const budget = proxy.state.budgets.get(membership.budgetId ?? '')?.fields.max_budget ?? null;
  const name = `member:${team.teamId}:${userId}`;
  const whose = exceeded(`User=${userId} in Team=${team.teamId} `);
  return [
    ...payers,
    payer(proxy.profile, name, membership.spend, budget, whose, (nano) => {
      membership.spend += nano;
    }),
  ];
}

/** The user of a key; his budget counts only for keys without a team. */
function userPayer({ proxy, caller }: Call): Payer[] {
  const user = caller.key && caller.userId !== null ? proxy.state.users.get(caller.userId) : undefined;
  if (!user) return [];
  resetUserWhenDue(proxy, user);
  const budget = caller.team ? null : user.fields.max_budget;
  const message = overBudget(`User=${user.userId}`);
  return [
    payer(proxy.profile, `user:${user.userId}`, user.spend, budget, message, (nano) => {
      user.spend += nano;
    }),
  ];
}

function customerPayer({ proxy }: Call, customerId: string | null): Payer[] {
  if (customerId === null) return [];
  const row = proxy.state.customers.get(customerId);
  if (row) resetCustomerWhenDue(proxy, row);
  const budget = proxy.state.budgets.get(row?.budgetId ?? '')?.fields.max_budget ?? null;
  const message = overBudget(`End User=${customerId}`);
  return [
    payer(proxy.profile, `end_user:${customerId}`, row?.spend ?? 0n, budget, message, (nano) => {
      if (row) row.spend += nano;
    }),
  ];
}

function windowPayers({ proxy }: Call, row: KeyRow): Payer[] {
  return (row.fields.budget_limits ?? []).map(({ budget_duration: window, max_budget: budget }) => ({
    name: `window:${row.token}:${window}`,
    spent: row.windowSpend[window] ?? 0n,
    budget,
    inclusive: proxy.profile.userBudgetIsInclusive,
    message: (spend) =>
      `ExceededBudget: Key over ${window} budget. Spend=$${toUsd(spend).toFixed(4)}, Limit=$${budget.toFixed(4)}`,
    charge: (nano) => {
      row.windowSpend[window] = (row.windowSpend[window] ?? 0n) + nano;
    },
  }));
}

/** The key of the caller. Limits are those that this proxy last read, spend is what is in the database. */
function keyPayers(call: Call): Payer[] {
  const { proxy, caller } = call;
  const { key } = caller;
  if (!key) return [];
  const stored = proxy.state.keys.get(key.token) ?? key;
  resetKeyWhenDue(proxy, stored);
  const whose = proxy.profile.budgetMessageNamesKey ? `Key=${key.fields.key_alias ?? 'key'} (${key.keyName}) ` : '';
  const own: Payer = {
    name: `key:${key.token}`,
    spent: stored.spend,
    budget: key.fields.max_budget ?? tierOf(proxy, key)?.fields.max_budget ?? null,
    inclusive: true,
    message: exceeded(whose),
    charge: (nano) => {
      stored.spend += nano;
      stored.totalSpend += nano;
      stored.lastActive = proxy.now();
    },
  };
  return [own, ...windowPayers(call, stored)];
}

/** Everyone who pays for a call, in the order in which LiteLLM looks at budgets. The master key pays nothing. */
export function payersOf(call: Call, customerId: string | null): Payer[] {
  return [
    ...teamPayers(call),
    ...organizationPayer(call),
    ...userPayer(call),
    ...customerPayer(call, customerId),
    ...keyPayers(call),
  ];
}
