import { json } from '../http/answers.ts';
import { bodyFields, type Call, changedBy, jsonBody, numberOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { type FieldSpecs, validationError } from '../http/fields.ts';
import { toNano, toUsd } from '../money.ts';
import { isoFormat, pythonFloat } from '../python.ts';
import { findKey } from './find-key.ts';

/** Body of POST /key/{key}/reset_spend. */
export const resetSpendFields: FieldSpecs = { reset_to: { type: 'number', required: true } };

function wantedSpend(call: Call): number {
  const { profile } = call.proxy;
  if (!profile.resetTakesBooleans && typeof jsonBody(call).reset_to === 'boolean') {
    const msg = 'Value error, reset_to must be a number, not a boolean';
    const issue = { type: 'value_error', loc: ['body', 'reset_to'], msg, input: jsonBody(call).reset_to };
    throw validationError(profile, [issue]);
  }
  return numberOf(bodyFields(call, resetSpendFields), 'reset_to') ?? 0;
}

/** POST /key/{key}/reset_spend: lowers the spend of a key, and starts its budget windows again. */
export function resetSpend(call: Call): Response {
  const { state } = call.proxy;
  const wanted = wantedSpend(call);
  if (call.caller.role !== 'proxy_admin') {
    throw detailError(403, { error: 'You must be a proxy admin or team admin to reset key spend' });
  }
  if (!(wanted >= 0)) throw detailError(400, { error: 'reset_to must be >= 0' });
  const { key = '' } = call.params;
  const row = findKey(call, key);
  if (!row) throw detailError(404, { error: `Key ${key} not found.` });
  const [previous, budget] = [toUsd(row.spend), row.fields.max_budget];
  refuseAbove(wanted, previous, 'current spend');
  if (budget !== null) refuseAbove(wanted, budget, 'max_budget');
  state.keys.change(row, () => {
    row.spend = toNano(wanted);
    row.windowSpend = {};
    row.updatedAt = call.proxy.now();
    row.updatedBy = changedBy(call);
  });
  const resetAt = row.fields.budget_duration ? row.budgetResetAt : null;
  return json({
    key_hash: row.token,
    spend: wanted,
    previous_spend: previous,
    max_budget: budget,
    budget_reset_at: resetAt && isoFormat(resetAt),
  });
}

function refuseAbove(wanted: number, most: number, what: string): void {
  if (wanted <= most) return;
  throw detailError(400, { error: `reset_to (${pythonFloat(wanted)}) must be <= ${what} (${pythonFloat(most)})` });
}
