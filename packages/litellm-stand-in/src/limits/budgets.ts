import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import type { KeyRow } from '../keys/key-row.ts';
import { toNano, toUsd } from '../money.ts';
import { pythonFloat } from '../python.ts';

/** Nano-USD that running calls hold of each key's budget. */
export type Reservations = Map<KeyRow, bigint>;

function budgetExceeded(call: Call, message: string): Error {
  const { budgetExceededStatus: status } = call.proxy.profile;
  return errorEnvelope({ status, message, type: 'budget_exceeded', param: null });
}

function refuseUser(call: Call): void {
  const { userId } = call.caller;
  const user = userId === null ? undefined : call.proxy.state.users.get(userId);
  const budget = user?.fields.max_budget;
  if (!user || budget === null || budget === undefined) return;
  const over = call.proxy.profile.userBudgetIsInclusive ? user.spend >= toNano(budget) : user.spend > toNano(budget);
  if (!over) return;
  const amounts = `Spend=${pythonFloat(toUsd(user.spend))}, Budget=${pythonFloat(budget)}`;
  throw budgetExceeded(call, `ExceededBudget: User=${user.userId} over budget. ${amounts}`);
}

function refuseKey(call: Call, key: KeyRow, reserved: bigint): void {
  const budget = key.fields.max_budget;
  const spend = key.spend + reserved;
  if (budget === null || spend < toNano(budget)) return;
  const name = call.proxy.profile.budgetMessageNamesKey ? `Key=${key.fields.key_alias ?? 'key'} (${key.keyName}) ` : '';
  const amounts = `Current cost: ${pythonFloat(toUsd(spend))}, Max budget: ${pythonFloat(budget)}`;
  throw budgetExceeded(call, `Budget has been exceeded! ${name}${amounts}`);
}

/**
 * Refuses a call whose key or user has spent its budget. What running calls reserve counts as spent.
 *
 * @throws ProxyError `budget_exceeded` with 400, 429 or 422, by release.
 */
export function requireBudget(call: Call, reservations: Reservations): void {
  refuseUser(call);
  const { key } = call.caller;
  if (key) refuseKey(call, key, reservations.get(key) ?? 0n);
}

/**
 * Holds what a call could cost at most, but never more than is left of the key's budget. Returns what gives it back.
 *
 * @param highestCost nano-USD.
 */
export function reserve(call: Call, reservations: Reservations, highestCost: bigint): () => void {
  const { key } = call.caller;
  if (!key || key.fields.max_budget === null || !call.proxy.profile.reservesBudget) return () => {};
  const before = reservations.get(key) ?? 0n;
  const left = toNano(key.fields.max_budget) - key.spend - before;
  const held = highestCost < left ? highestCost : left;
  reservations.set(key, before + held);
  return () => {
    reservations.set(key, (reservations.get(key) ?? 0n) - held);
  };
}
