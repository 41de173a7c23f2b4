import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { managementError, namedError } from '../http/errors.ts';
import { toUsd } from '../money.ts';
import { tokenOf } from '../secrets.ts';
import { type KeyRow, keyRowBody, keyStatus, resetKeyWhenDue } from './key-row.ts';

function rowFor(call: Call, token: string): KeyRow {
  const { state, profile } = call.proxy;
  const row = state.keys.get(token) ?? (profile.deletedKeyInfo === 'archived-row' && state.deletedKeys.get(token));
  if (!row) throw namedError(404, 'not_found_error', 'Key not found in database', 'key');
  return row;
}

function windowUsage({ fields, windowSpend }: KeyRow): Record<string, unknown> {
  if (!fields.budget_limits) return {};
  const usage = fields.budget_limits.map(({ budget_duration: name }) => {
    return [name, { current_spend: toUsd(windowSpend[name] ?? 0n) }];
  });
  return { budget_limits_usage: Object.fromEntries(usage) };
}

/** GET /key/info: without `key` it is about the caller's own key. */
export function keyInfo(call: Call): Response {
  const { profile, now } = call.proxy;
  const asked = call.query.get('key');
  const own = call.caller.key?.token;
  const row = rowFor(call, asked === null ? (own ?? '') : tokenOf(asked));
  const mayRead =
    call.caller.role === 'proxy_admin' ||
    row.token === own ||
    (call.caller.userId !== null && row.fields.user_id === call.caller.userId);
  if (!mayRead) {
    throw managementError(profile, 403, `You are not allowed to access this key's info. Your role=${call.caller.role}`);
  }
  if (!('deletedAt' in row)) resetKeyWhenDue(call.proxy, row);
  const status = profile.recentKeyFields ? { status: keyStatus(row, now()) } : {};
  return json({ key: asked ?? row.token, info: { ...keyRowBody(row, call.proxy), ...windowUsage(row), ...status } });
}
