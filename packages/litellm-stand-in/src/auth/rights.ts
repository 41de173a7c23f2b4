import type { Call } from '../http/call.ts';
import { authError, detailError, managementError } from '../http/errors.ts';
import type { Route } from '../http/routes.ts';
import type { KeyRow } from '../keys/key-row.ts';
import { pythonList } from '../python.ts';

/** Refuses a caller whose key is not made for this route, or who lacks the role for it. */
export function requireRights(call: Call, route: Route): void {
  const allowed = call.caller.key?.fields.allowed_routes ?? [];
  const named = [...route.groups, ...route.paths];
  if (allowed.length > 0 && !allowed.some((name) => named.includes(name))) {
    const text = 'Virtual key is not allowed to call this route. Only allowed to call routes: ';
    throw detailError(403, `${text}${pythonList(allowed)}. Tried to call route: ${call.path}`);
  }
  const { role, userId } = call.caller;
  const enough = route.caller === 'any-key' || role === 'proxy_admin';
  if (enough || (route.caller === 'key-manager' && role === 'internal_user')) return;
  const who = `Route=${call.path}. Your role=${role}. Your user_id=${userId ?? 'unknown'}`;
  const rule = 'Only proxy admin can be used to generate, delete, update info for new keys/users/teams.';
  throw authError(call.proxy.profile, `Authentication Error, ${rule} ${who}`);
}

/** Only admins block keys; anyone else who may manage keys gets FastAPI's own envelope. */
export function requireBlockRights(call: Call): void {
  if (call.caller.role === 'proxy_admin') return;
  const rule = `Only proxy admins, team admins, or org admins can call ${call.path}.`;
  throw detailError(403, { error: `${rule} user_role=${call.caller.role}, user_id=${call.caller.userId}` });
}

/** A user who is no admin changes only keys of his own. */
export function requireOwnKey(call: Call, row: KeyRow): void {
  if (call.caller.role === 'proxy_admin' || row.fields.user_id === call.caller.userId) return;
  throw managementError(call.proxy.profile, 403, 'You are not allowed to change this key');
}
