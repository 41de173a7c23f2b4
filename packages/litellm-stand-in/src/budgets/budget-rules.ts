import { isBudgetDuration } from '../durations.ts';
import { type Call, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { pythonFloat } from '../python.ts';

/** Refuses a budget that is no amount of money or no time, as the routes without LiteLLM's wrapper do. */
export function refuseBadBudgetRow({ proxy: { profile } }: Call, given: Record<string, unknown>): void {
  for (const name of ['max_budget', 'soft_budget']) {
    const amount = given[name];
    if (typeof amount !== 'number' || (Number.isFinite(amount) && amount >= 0)) continue;
    const rule = profile.nanBudgetStatus === 500 ? 'cannot be negative' : 'must be a non-negative finite number';
    throw detailError(400, { error: `${name} ${rule}. Received: ${pythonFloat(amount)}` });
  }
  const duration = textOf(given, 'budget_duration');
  if (duration === null || isBudgetDuration(duration, profile)) return;
  const forms = "Use a format like '1h', '24h', '7d', or '30d'.";
  throw detailError(400, { error: `Invalid budget_duration '${duration}'. ${forms}` });
}
