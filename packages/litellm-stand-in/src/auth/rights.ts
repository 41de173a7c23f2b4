import type { Call } from '../http/call.ts';
import { authError, detailError, errorEnvelope } from '../http/errors.ts';
import type { Route } from '../http/routes.ts';
import type { KeyRow } from '../keys/key-row.ts';
import { pythonErrorDict, pythonList } from '../python.ts';
import { isServiceAccountAt, refuseServiceAccount } from './service-accounts.ts';

function requireRoute(call: Call, route: Route): void {
  const allowed = call.caller.key?.fields.allowed_routes ?? [];
  const named = [...route.groups, ...route.paths];
  if (allowed.length === 0 || allowed.some((name) => named.includes(name))) return;
  const text = 'Virtual key is not allowed to call this route. Only allowed to call routes: ';
  throw detailError(403, `${text}${pythonList(allowed)}. Tried to call route: ${call.path}`);
}

function requireRole(call: Call, route: Route): void {
  const { role } = call.caller;
  const enough = route.caller === 'any-key' || role === 'proxy_admin' || isServiceAccountAt(call);
  if (!enough && !(route.caller === 'key-manager' && role === 'internal_user')) throw onlyAdmins(call);
}

/** Refuses a caller whose key is not made for this route, or who lacks the role for it. */
export function requireRights(call: Call, route: Route): void {
  if (call.proxy.profile.checksRoleFirst) requireRole(call, route);
  requireRoute(call, route);
  requireRole(call, route);
}

/** LiteLLM's refusal of a caller who is no admin. */
export function onlyAdmins({ caller, path, proxy: { profile } }: Call): Error {
  const who = `Your role=${caller.role}. Your user_id=${caller.userId === null ? profile.unknownUserId : '***'}`;
  const rule = 'Only proxy admin can be used to generate, delete, update info for new keys/users/teams.';
  return authError(profile, `Authentication Error, ${rule} Route=${path}. ${who}`);
}

/** Only admins block keys; anyone else who may manage keys gets FastAPI's own envelope. */
export function requireBlockRights(call: Call): void {
  if (mayTouchForeignKeys(call)) return;
  throw detailError(403, { error: foreignKeyRule(call, call.path) });
}

/** A user who is no admin changes only keys of his own. */
export function requireOwnKey(call: Call, row: KeyRow): void {
  refuseServiceAccount(call, row.fields.team_id);
  if (mayTouchForeignKeys(call) || row.fields.user_id === call.caller.userId) return;
  const message = pythonErrorDict(foreignKeyRule(call, '/key/update (max_budget/spend)'));
  throw errorEnvelope({ status: 403, message, type: 'auth_error', param: call.proxy.profile.authParam });
}

function mayTouchForeignKeys({ caller, proxy }: Call): boolean {
  return caller.role === 'proxy_admin' || !proxy.profile.guardsForeignKeys;
}

function foreignKeyRule({ caller }: Call, what: string): string {
  const who = `user_role=${caller.role}, user_id=${caller.userId}`;
  return `Only proxy admins, team admins, or org admins can call ${what}. ${who}`;
}
