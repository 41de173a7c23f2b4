import { evictKey } from '../auth/evict-key.ts';
import { requireOwnKey } from '../auth/rights.ts';
import { createBudget } from '../budgets/create-budget.ts';
import { addDuration, parseDuration } from '../durations.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, changedBy, isObject, numberOf, textOf } from '../http/call.ts';
import { errorEnvelope, namedError, ProxyError } from '../http/errors.ts';
import { validationError } from '../http/fields.ts';
import { toNano } from '../money.ts';
import { pythonErrorDict } from '../python.ts';
import { findKey, unknownKeyOnUpdate } from './find-key.ts';
import { budgetLimitsOf } from './generate-key.ts';
import { keyColumns, keyFields, metadataFields } from './key-columns.ts';
import { firstBudgetReset, initialKeyFields, type KeyFields, type KeyRow, keyRowBody, tierOf } from './key-row.ts';
import { refuseBadAlias, refuseBadBudget, refuseLicensedFields } from './key-rules.ts';
import { refuseBadMove } from './move-key.ts';
import { UnwrappedError } from './unwrapped-error.ts';

function targetOf(call: Call, given: Record<string, unknown>): KeyRow {
  const { profile, state } = call.proxy;
  const key = textOf(given, 'key');
  if (key !== null) {
    const row = findKey(call, key);
    if (!row) throw unknownKeyOnUpdate(call, key);
    return row;
  }
  const alias = textOf(given, 'key_alias');
  if (!profile.updatesByAlias) {
    throw validationError(profile, [{ type: 'missing', loc: ['body', 'key'], msg: 'Field required', input: given }]);
  }
  if (alias === null) {
    const msg = 'Value error, Either key or key_alias must be provided';
    throw validationError(profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
  }
  const rows = state.keys.withAlias(alias);
  if (rows.length > 1) {
    throw namedError(400, 'bad_request_error', `Multiple keys share key_alias='${alias}'. Pass \`key\`.`, 'key_alias');
  }
  if (rows[0]) return rows[0];
  const message = `Key not found. No key with key_alias='${alias}'.`;
  throw namedError(404, 'not_found_error', message, 'key_alias');
}

/** /key/update turns what other routes call an HTTP error into `auth_error` with the same status. */
function asUpdateError(call: Call, error: unknown): unknown {
  if (error instanceof UnwrappedError) return error;
  if (!(error instanceof ProxyError) || !isObject(error.body) || !isObject(error.body.error)) return error;
  const { message, type } = error.body.error;
  if (type !== 'internal_server_error' && type !== 'invalid_request_error') return error;
  const status = error.status === 500 ? 400 : error.status;
  const prefix = error.status === 500 ? 'Authentication Error, ' : '';
  const param = call.proxy.profile.authParam;
  return errorEnvelope({ status, message: `${prefix}${message}`, type: 'auth_error', param });
}

function metadataAfter(old: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  let metadata = old;
  if ('metadata' in given) {
    const reserved = Object.entries(old).filter(([name]) => name in metadataFields || name === 'service_account_id');
    metadata = { ...(isObject(given.metadata) ? given.metadata : {}), ...Object.fromEntries(reserved) };
  }
  // Null does not clear what lives in metadata.
  const set = Object.entries(given).filter(([name, value]) => name in metadataFields && value !== null);
  return { ...metadata, ...Object.fromEntries(set) };
}

function fieldsAfter(call: Call, old: KeyFields, given: Record<string, unknown>): KeyFields {
  const fields: KeyFields = { ...old };
  const defaults = initialKeyFields();
  for (const [name, value] of Object.entries(given)) {
    if (!(name in keyColumns) || name === 'metadata' || name === 'budget_limits') continue;
    if (name === 'team_id' && value === '') continue;
    if (name === 'budget_duration' && value === null && !call.proxy.profile.nullClearsDurations) continue;
    fields[name] = value === null || (name === 'organization_id' && value === '') ? defaults[name] : value;
  }
  if ('budget_limits' in given) fields.budget_limits = budgetLimitsOf(call, given);
  if (fields.budget_limits?.length === 0) fields.budget_limits = null;
  fields.metadata = metadataAfter(old.metadata, given);
  return fields;
}

function expiryAfter(call: Call, old: Date | null, given: Record<string, unknown>): Date | null {
  if (!('duration' in given)) return old;
  const duration = textOf(given, 'duration');
  if (duration === null) return call.proxy.profile.nullClearsDurations ? null : old;
  if (duration === '-1') return null;
  const parsed = parseDuration(duration);
  if (parsed) return addDuration(call.proxy.now(), parsed);
  const message = 'Authentication Error, Invalid duration format';
  throw errorEnvelope({ status: 400, message, type: 'auth_error', param: call.proxy.profile.authParam });
}

function refuseBadUpdate(call: Call, row: KeyRow, given: Record<string, unknown>): void {
  const { profile } = call.proxy;
  if ('models' in given && given.models === null) {
    const message = pythonErrorDict('models cannot be null. Send a list of models.');
    throw errorEnvelope({ status: 400, message, type: 'auth_error', param: profile.authParam });
  }
  refuseNewServiceAccount(call, row, given);
  refuseLicensedFields(given, profile);
  refuseBadBudget(given, profile);
  refuseBadAlias(call, textOf(given, 'key_alias'), row.token);
  refuseBadMove(call, row, given);
}

function refuseNewServiceAccount({ proxy: { profile } }: Call, row: KeyRow, given: Record<string, unknown>): void {
  const id = row.fields.metadata.service_account_id;
  if (!profile.setsServiceAccountId || id === undefined || !isObject(given.metadata)) return;
  const wanted = given.metadata.service_account_id;
  if (wanted === undefined || wanted === id) return;
  const message = 'service_account_id is immutable once set and cannot be changed via update.';
  // not `auth_error`: this one does not pass through the route's own wrapper
  const type = profile.managementErrorType === 'by-status' ? 'invalid_request_error' : 'internal_server_error';
  throw new UnwrappedError(errorEnvelope({ status: 400, message, type, param: profile.managementParam }));
}

/** Everything that a request sets, on a row that is there. @throws ProxyError and changes nothing. */
export function applyUpdate(call: Call, row: KeyRow, given: Record<string, unknown>): void {
  const { state } = call.proxy;
  // Everything that can refuse comes before the first change, so that a refused update changes nothing.
  refuseBadUpdate(call, row, given);
  const expires = expiryAfter(call, row.expires, given);
  const fields = fieldsAfter(call, row.fields, given);
  state.keys.change(row, () => {
    const { budget_duration: duration, budget_id: budget } = row.fields;
    row.fields = fields;
    if (fields.budget_duration !== duration || fields.budget_id !== budget) {
      row.budgetResetAt = firstBudgetReset(call.proxy, row);
    }
    row.expires = expires;
    const spend = numberOf(given, 'spend');
    if (spend !== null) row.spend = toNano(spend);
    if ('soft_budget' in given) setSoftBudget(call, row, numberOf(given, 'soft_budget'));
    if (typeof given.blocked === 'boolean') row.blocked = given.blocked;
    row.updatedAt = call.proxy.now();
    row.updatedBy = changedBy(call);
  });
  evictKey(call, row);
}

function setSoftBudget(call: Call, row: KeyRow, soft_budget: number | null): void {
  if (!call.proxy.profile.updatesSoftBudget) return;
  const tier = tierOf(call.proxy, row);
  if (tier) tier.fields = { ...tier.fields, soft_budget };
  else row.fields.budget_id = createBudget(call, { soft_budget }).budgetId;
}

/** POST /key/update: a merge patch in which absent means unchanged and null mostly means cleared. */
export function updateKey(call: Call): Response {
  const given = bodyFields(call, keyFields);
  requireWholeIncrease(call, given);
  const row = targetOf(call, given);
  requireOwnKey(call, row);
  try {
    applyUpdate(call, row, given);
  } catch (error) {
    throw asUpdateError(call, error);
  }
  return json({ ...keyRowBody(row, call.proxy), token: row.token, key: given.key ?? null });
}

function requireWholeIncrease({ proxy: { profile } }: Call, given: Record<string, unknown>): void {
  const has = (name: string) => given[name] !== undefined && given[name] !== null;
  if (has('temp_budget_increase') === has('temp_budget_expiry')) return;
  const msg = 'Value error, temp_budget_increase and temp_budget_expiry must be set together';
  throw validationError(profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
}
