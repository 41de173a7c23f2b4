import { json } from '../http/answers.ts';
import { bodyFields, type Call, isObject, numberOf, textOf } from '../http/call.ts';
import { ProxyError } from '../http/errors.ts';
import { type FieldSpecs, readFields, validationError } from '../http/fields.ts';
import { refuseBadBudget } from '../keys/key-rules.ts';
import { toNano } from '../money.ts';
import { initialUserFields, type UserRow, userColumns, userFields, userResetOf, userRowBody } from './user-row.ts';

function targetOf(call: Call, given: Record<string, unknown>): UserRow {
  const { profile, state, now } = call.proxy;
  const userId = textOf(given, 'user_id');
  const email = textOf(given, 'user_email');
  if (userId === null && email === null) {
    const msg = 'Value error, Either user_id or user_email must be provided';
    throw validationError(profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
  }
  const rows = [...state.users.values()];
  const found = rows.find((row) => (userId === null ? row.fields.user_email === email : row.userId === userId));
  if (found) return found;
  // LiteLLM's update is an upsert: an unknown user is created.
  const fields = { ...initialUserFields(), ...(email !== null && { user_email: email }) };
  const at = now();
  const row = { userId: userId ?? email ?? '', fields, spend: 0n, budgetResetAt: null, createdAt: at, updatedAt: at };
  state.users.set(row.userId, row);
  return row;
}

function applyUserUpdate(call: Call, given: Record<string, unknown>): UserRow {
  refuseBadBudget(given, call.proxy.profile);
  const row = targetOf(call, given);
  const defaults = initialUserFields();
  const before = row.fields.budget_duration;
  for (const [name, value] of Object.entries(given)) {
    if (!(name in userColumns) || name === 'teams') continue;
    if (value === null && name === 'user_email') continue; // only an empty one takes it away
    const isRate = name === 'tpm_limit' || name === 'rpm_limit';
    if (value === null && isRate && !call.proxy.profile.nullClearsUserRates) continue;
    row.fields[name] = value ?? defaults[name];
  }
  if (row.fields.budget_duration !== before) row.budgetResetAt = userResetOf(call.proxy, row.fields);
  const spend = numberOf(given, 'spend');
  if (spend !== null) row.spend = toNano(spend);
  row.updatedAt = call.proxy.now();
  return row;
}

/** POST /user/update: a merge patch; null clears. */
export function updateUser(call: Call): Response {
  const row = applyUserUpdate(call, bodyFields(call, userFields));
  return json({ user_id: row.userId, data: userRowBody(row) });
}

/** Body of POST /user/bulk_update. */
export const bulkUserFields: FieldSpecs = { users: { type: 'list', required: true } };

/** POST /user/bulk_update: each user succeeds or fails for himself; unknown users are created. */
export function bulkUpdateUsers(call: Call): Response {
  const { profile } = call.proxy;
  const sent = bodyFields(call, bulkUserFields).users;
  const results = (Array.isArray(sent) ? sent.filter(isObject) : []).map((item) => {
    const given = readFields(item, userFields, 'body', profile);
    const who = { user_id: given.user_id ?? null, user_email: given.user_email ?? null };
    try {
      const row = applyUserUpdate(call, given);
      return { ...who, success: true, error: null, updated_user: { user_id: row.userId, data: userRowBody(row) } };
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      return { ...who, success: false, error: error.message, updated_user: null };
    }
  });
  const successful = results.filter((result) => result.success).length;
  return json({
    results,
    total_requested: results.length,
    successful_updates: successful,
    failed_updates: results.length - successful,
  });
}
