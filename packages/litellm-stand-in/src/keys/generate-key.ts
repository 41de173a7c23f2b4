import { addDuration, nextBudgetReset, parseDuration } from '../durations.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, numberOf, textOf } from '../http/call.ts';
import { unexpectedError } from '../http/errors.ts';
import { toNano } from '../money.ts';
import { hashSecret, maskedName, newSecret } from '../secrets.ts';
import { keyColumns, keyFields, metadataFields, recentColumns, routesOfKeyType } from './key-columns.ts';
import { initialKeyFields, type KeyFields, type KeyRow } from './key-row.ts';
import { refuseBadAlias, refuseBadBudget, refuseBadSecret, refuseLicensedFields } from './key-rules.ts';

/** When a key created now ends. @throws ProxyError 500 when the duration cannot be read. */
function expiryOf(call: Call, duration: string | null): Date | null {
  if (duration === null) return null;
  const parsed = parseDuration(duration);
  if (!parsed) throw unexpectedError(call.proxy.profile, 'Invalid duration format');
  return addDuration(call.proxy.now(), parsed);
}

function columnsFrom(given: Record<string, unknown>): KeyFields {
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
  return fields;
}

/** The row that a request describes. */
export function buildKeyRow(call: Call, given: Record<string, unknown>, secret: string): KeyRow {
  const { profile } = call.proxy;
  const now = call.proxy.now();
  const fields = columnsFrom(given);
  const by = call.caller.userId ?? 'default_user_id';
  return {
    token: hashSecret(secret),
    keyName: maskedName(secret),
    keyType: textOf(given, 'key_type') ?? 'default',
    fields,
    spend: toNano(numberOf(given, 'spend') ?? 0),
    softBudget: numberOf(given, 'soft_budget'),
    blocked: typeof given.blocked === 'boolean' ? given.blocked : null,
    expires: expiryOf(call, textOf(given, 'duration')),
    budgetResetAt: fields.budget_duration ? nextBudgetReset(fields.budget_duration, now, profile) : null,
    lastActive: null,
    createdAt: now,
    updatedAt: now,
    createdBy: by,
    updatedBy: by,
  };
}

/** What /key/generate answers: the request, not the row, which matters when nothing was stored. */
export function generatedBody(row: KeyRow, given: Record<string, unknown>, secret: string): Record<string, unknown> {
  return {
    ...row.fields,
    duration: given.duration ?? null,
    spend: numberOf(given, 'spend') ?? 0,
    blocked: row.blocked,
    soft_budget: given.soft_budget ?? null,
    model_max_budget: {},
    key: secret,
    key_name: row.keyName,
    key_type: row.keyType,
    token: row.token,
    token_id: row.token,
    expires: row.expires?.toISOString() ?? null,
    budget_reset_at: row.budgetResetAt?.toISOString() ?? null,
    litellm_budget_table: null,
    created_by: row.createdBy,
    updated_by: row.updatedBy,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** Fields without those that are null: /key/generate takes null for absent. */
export function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** POST /key/generate */
export function generateKey(call: Call): Response {
  const { profile, state } = call.proxy;
  const given = withoutNulls(bodyFields(call, keyFields));
  if (call.caller.role !== 'proxy_admin') given.user_id = call.caller.userId;
  refuseLicensedFields(given, profile);
  refuseBadBudget(given, profile);
  const chosen = textOf(given, 'key');
  if (chosen !== null) refuseBadSecret(chosen, profile);
  refuseBadAlias(call, textOf(given, 'key_alias'), null);
  const secret = chosen ?? newSecret();
  const row = buildKeyRow(call, given, secret);
  // A secret that exists already is an upsert with nothing to update: 200, and nothing stored.
  if (!state.keys.has(row.token)) state.keys.set(row.token, row);
  state.deletedKeys.delete(row.token);
  const body = generatedBody(row, given, secret);
  if (!profile.recentKeyFields) for (const name of [...recentColumns, 'key_type']) delete body[name];
  return json(body);
}
