import { evictKey } from '../auth/evict-key.ts';
import { refuseServiceAccount } from '../auth/service-accounts.ts';
import { createBudget } from '../budgets/create-budget.ts';
import { addDuration, nextBudgetReset, parseDuration } from '../durations.ts';
import { json } from '../http/answers.ts';
import { actorOf, bodyFields, type Call, isObject, numberOf, textOf } from '../http/call.ts';
import { namedError, unexpectedError } from '../http/errors.ts';
import { toNano } from '../money.ts';
import { isoFormat } from '../python.ts';
import { hashSecret, maskedName, newSecret } from '../secrets.ts';
import { keyColumns, keyFields, metadataFields, recentColumns, routesOfKeyType } from './key-columns.ts';
import { refuseOverTeamLimit, refuseUnknownLinks } from './key-links.ts';
import { type BudgetLimit, firstBudgetReset, initialKeyFields, type KeyFields, type KeyRow } from './key-row.ts';
import { refuseBadAlias, refuseBadBudget, refuseBadSecret, refuseLicensedFields } from './key-rules.ts';

/** When a key created now ends. @throws ProxyError 500 when the duration cannot be read. */
function expiryOf(call: Call, duration: string | null): Date | null {
  if (duration === null) return null;
  const parsed = parseDuration(duration);
  if (!parsed) throw unexpectedError(call.proxy.profile, 'Invalid duration format');
  return addDuration(call.proxy.now(), parsed);
}

/** Windows with the time of their first reset. Releases that do not know them forget them without a word. */
export function budgetLimitsOf(call: Call, given: Record<string, unknown>): BudgetLimit[] | null {
  const { profile, now } = call.proxy;
  if (!profile.enforcesBudgetLimits || !Array.isArray(given.budget_limits)) return null;
  return given.budget_limits.filter(isObject).map((limit) => {
    const duration = textOf(limit, 'budget_duration') ?? '1d';
    const max = numberOf(limit, 'max_budget') ?? 0;
    const resetAt = isoFormat(nextBudgetReset(duration, now(), profile));
    return { budget_duration: duration, max_budget: max, reset_at: resetAt };
  });
}

function columnsFrom(call: Call, given: Record<string, unknown>): KeyFields {
  const fields = initialKeyFields();
  for (const [name, value] of Object.entries(given)) {
    if (name in keyColumns) fields[name] = value;
  }
  fields.metadata = { ...fields.metadata };
  for (const [name, value] of Object.entries(given)) {
    if (name in metadataFields) fields.metadata[name] = value;
  }
  const routes = routesOfKeyType[textOf(given, 'key_type') ?? 'default'];
  if (routes && fields.allowed_routes.length === 0) fields.allowed_routes = routes;
  if (fields.team_id === '') fields.team_id = null;
  if (fields.organization_id === '') fields.organization_id = null;
  fields.budget_limits = budgetLimitsOf(call, given);
  return fields;
}

/** The row that a request describes. */
export function buildKeyRow(call: Call, given: Record<string, unknown>, secret: string): KeyRow {
  const now = call.proxy.now();
  const by = actorOf(call);
  const spend = toNano(numberOf(given, 'spend') ?? 0);
  const row: KeyRow = {
    token: hashSecret(secret),
    keyName: maskedName(secret),
    keyType: textOf(given, 'key_type') ?? 'default',
    fields: columnsFrom(call, given),
    spend,
    totalSpend: spend,
    windowSpend: {},
    blocked: typeof given.blocked === 'boolean' ? given.blocked : null,
    expires: expiryOf(call, textOf(given, 'duration')),
    budgetResetAt: null,
    lastActive: null,
    createdAt: now,
    updatedAt: now,
    createdBy: by,
    updatedBy: by,
  };
  row.budgetResetAt = firstBudgetReset(call.proxy, row);
  return row;
}

/** What /key/generate answers: the request, not the row, which matters when nothing was stored. */
export function generatedBody(
  call: Call,
  row: KeyRow,
  given: Record<string, unknown>,
  secret: string,
): Record<string, unknown> {
  const body: Record<string, unknown> = {
    ...row.fields,
    duration: given.duration ?? null,
    spend: numberOf(given, 'spend') ?? 0,
    blocked: row.blocked,
    model_max_budget: {},
    ...Object.fromEntries(Object.keys(metadataFields).map((name) => [name, given[name] ?? null])),
    key: secret,
    key_name: row.keyName,
    key_type: row.keyType,
    token: row.token,
    token_id: row.token,
    expires: row.expires?.toISOString() ?? null,
    budget_reset_at: row.fields.budget_duration ? (row.budgetResetAt?.toISOString() ?? null) : null,
    litellm_budget_table: null,
    created_by: row.createdBy,
    updated_by: row.updatedBy,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
  if (!call.proxy.profile.recentKeyFields) for (const name of [...recentColumns, 'key_type']) delete body[name];
  return body;
}

/** Fields without those that are null: /key/generate takes null for absent. */
export function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function refuseDuplicate(call: Call, row: KeyRow): void {
  if (call.misbehaviour?.kind !== 'duplicate-key-error' || !call.proxy.state.keys.has(row.token)) return;
  throw namedError(400, 'bad_request_error', 'Key already exists. Choose another value for `key`.', 'key');
}

/** Stores the key of a request that was checked already, and answers it. */
export function storeKey(call: Call, given: Record<string, unknown>, secret: string): Response {
  const { state } = call.proxy;
  const row = buildKeyRow(call, given, secret);
  refuseDuplicate(call, row);
  // A secret that exists already is an upsert with nothing to update: 200, and nothing stored.
  const storesNothing = state.keys.has(row.token) || call.misbehaviour?.kind === 'duplicate-key-upsert';
  if (!storesNothing) {
    linkSoftBudget(call, row, given);
    state.keys.add(row);
    state.deletedKeys.delete(row.token);
    evictKey(call, row);
  }
  return json(generatedBody(call, row, given, secret));
}

/** A soft budget lives in a hidden budget of its own. */
function linkSoftBudget(call: Call, row: KeyRow, given: Record<string, unknown>): void {
  const soft_budget = numberOf(given, 'soft_budget');
  if (soft_budget !== null) row.fields.budget_id = createBudget(call, { soft_budget }).budgetId;
}

/** Everything that /key/generate refuses before it stores, in LiteLLM's order; the secret that it will store. */
export function checkedSecret(call: Call, given: Record<string, unknown>): string {
  const { profile } = call.proxy;
  refuseLicensedFields(given, profile);
  refuseBadBudget(given, profile);
  refuseUnknownLinks(call, given);
  refuseOverTeamLimit(call, given);
  const chosen = textOf(given, 'key');
  if (chosen !== null) refuseBadSecret(chosen, profile);
  refuseBadAlias(call, textOf(given, 'key_alias'), null);
  return chosen ?? newSecret();
}

/** POST /key/generate */
export function generateKey(call: Call): Response {
  const given = withoutNulls(bodyFields(call, keyFields));
  refuseServiceAccount(call, textOf(given, 'team_id'));
  if (call.caller.role !== 'proxy_admin') given.user_id = call.caller.userId;
  return storeKey(call, given, checkedSecret(call, given));
}
