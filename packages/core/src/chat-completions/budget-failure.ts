import type { Clock } from '../clock.ts';
import type { Caller } from '../keys/verify.ts';
import type { Storage } from '../storage.ts';
import type { GatewayFailure } from './ports.ts';

const unitMs: Record<string, number> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_678_400_000,
};

/**
 * LiteLLM from 1.104 on says "budget exceeded" also while another call of the key holds a reservation: then our ledger
 * has budget left, and the caller should simply come again. Told apart by what was spent in the budget's own window.
 */
export async function readBudgetFailure(
  parts: { storage: Storage; clock: Clock },
  caller: Caller,
  failure: GatewayFailure,
): Promise<GatewayFailure> {
  const { maxBudget, budgetDuration } = caller.limits;
  if (maxBudget === null) return failure; // not the key's own budget: the user's, or the subscription's
  const spent = await (budgetDuration === null
    ? spentEver(parts.storage, caller)
    : spentSince(parts, caller, windowMs(budgetDuration)));
  return spent < maxBudget ? { ...failure, kind: 'rate_limited', retryAfterSeconds: 1 } : failure;
}

/** LiteLLM's windows begin at midnight, Monday or the first, so a whole length back covers the present one. */
function windowMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(\w+)$/.exec(duration) ?? [];
  return Number(amount ?? 0) * (unitMs[unit ?? ''] ?? 0);
}

/** Read anew: what verify remembers may be some seconds old. */
async function spentEver(storage: Storage, { tenantId, keyId, currentSpend }: Caller): Promise<bigint> {
  return (await storage.keys.find({ tenantId }, keyId))?.key.currentSpend ?? currentSpend;
}

async function spentSince(parts: { storage: Storage; clock: Clock }, caller: Caller, ms: number): Promise<bigint> {
  const now = parts.clock.now();
  const range = { keyId: caller.keyId, from: new Date(now - ms), to: new Date(now + 1) };
  return (await parts.storage.usage.totals(caller.tenantId, range)).costNano;
}
