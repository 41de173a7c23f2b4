import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import { toNano } from '../money.ts';
import type { Payer } from './payers.ts';

/** Nano-USD that count as spent: what is written, what is on its way, and what running calls hold. */
function countedSpend({ proxy }: Call, { name, spent }: Payer): bigint {
  return spent + proxy.unwritten.of(name) + proxy.reserved.of(name);
}

/**
 * Refuses a call when one of those who pay for it has spent its budget.
 *
 * @throws ProxyError `budget_exceeded` with 400, 429 or 422, by release.
 */
export function requireBudget(call: Call, payers: readonly Payer[]): void {
  for (const payer of payers) {
    const { budget, inclusive } = payer;
    if (budget === null) continue;
    const spend = countedSpend(call, payer);
    const left = toNano(budget) - spend;
    if (left > 0n || (left === 0n && !inclusive)) continue;
    const { budgetExceededStatus: status } = call.proxy.profile;
    throw errorEnvelope({ status, message: payer.message(spend, budget), type: 'budget_exceeded', param: null });
  }
}

/**
 * Holds what a call could cost at most, but never more than is left of each budget. Returns what gives it back.
 *
 * @param highestCost nano-USD.
 */
export function reserve(call: Call, payers: readonly Payer[], highestCost: bigint): () => void {
  const { profile, reserved } = call.proxy;
  if (!profile.reservesBudget) return () => {};
  const holds = payers.flatMap((payer) => {
    if (payer.budget === null) return [];
    const left = toNano(payer.budget) - countedSpend(call, payer);
    return [{ name: payer.name, held: highestCost < left ? highestCost : left }];
  });
  for (const { name, held } of holds) reserved.add(name, held);
  return () => {
    for (const { name, held } of holds) reserved.add(name, -held);
  };
}

/**
 * Charges a call to everyone who pays for it: at once, or when a fault that delays writing is released.
 *
 * @param written called when it is in the database.
 */
export function charge(call: Call, payers: readonly Payer[], cost: bigint, written: () => void): void {
  const { proxy, misbehaviour } = call;
  const write = () => {
    for (const payer of payers) payer.charge(cost);
    written();
  };
  if (misbehaviour?.kind !== 'late-spend') {
    write();
    return;
  }
  for (const { name } of payers) proxy.unwritten.add(name, cost);
  void misbehaviour.released.then(() => {
    for (const { name } of payers) proxy.unwritten.add(name, -cost);
    write();
  });
}
