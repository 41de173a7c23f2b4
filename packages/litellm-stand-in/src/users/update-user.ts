import { json } from '../http/answers.ts';
import { bodyFields, type Call, numberOf, textOf } from '../http/call.ts';
import { validationError } from '../http/fields.ts';
import { refuseBadBudget } from '../keys/key-rules.ts';
import { toNano } from '../money.ts';
import { initialUserFields, type UserRow, userColumns, userFields, userRowBody } from './user-row.ts';

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
  const created = { userId: userId ?? email ?? '', fields: initialUserFields(), spend: 0n };
  const row = { ...created, createdAt: now(), updatedAt: now() };
  state.users.set(row.userId, row);
  return row;
}

/** POST /user/update: a merge patch; null clears. */
export function updateUser(call: Call): Response {
  const given = bodyFields(call, userFields);
  refuseBadBudget(given, call.proxy.profile);
  const row = targetOf(call, given);
  const defaults = initialUserFields();
  for (const [name, value] of Object.entries(given)) {
    if (!(name in userColumns)) continue;
    const isRate = name === 'tpm_limit' || name === 'rpm_limit';
    if (value === null && isRate && !call.proxy.profile.nullClearsUserRates) continue;
    row.fields[name] = value ?? defaults[name];
  }
  const spend = numberOf(given, 'spend');
  if (spend !== null) row.spend = toNano(spend);
  row.updatedAt = call.proxy.now();
  return json({ user_id: row.userId, data: userRowBody(row) });
}
