import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { managementError, plainManagementError } from '../http/errors.ts';
import { keyRowBody } from '../keys/key-row.ts';
import { resetUserWhenDue } from '../limits/resets.ts';
import { teamRowBody } from '../teams/team-row.ts';
import { userRowBody } from './user-row.ts';

/** GET /user/info: without `user_id` it is about the caller. */
export function userInfo(call: Call): Response {
  const { profile, state } = call.proxy;
  const userId = call.query.get('user_id') ?? call.caller.userId ?? 'None';
  if (call.caller.role !== 'proxy_admin' && call.query.has('user_id') && userId !== call.caller.userId) {
    throw managementError(profile, 403, `You are not allowed to read user ${userId}`);
  }
  const user = state.users.get(userId);
  if (!user) throw plainManagementError(profile, 404, `User ${userId} not found`);
  resetUserWhenDue(call.proxy, user);
  const keys = state.keys.ofUser(userId);
  return json({
    user_id: userId,
    user_info: userRowBody(user),
    keys: keys.map((row) => ({ token: row.token, ...keyRowBody(row, call.proxy) })),
    teams: user.fields.teams.flatMap((id) => state.teams.get(id) ?? []).map((row) => teamRowBody(row, call.proxy)),
  });
}

/** GET /v2/user/info: the user alone, without his keys and teams. */
export function v2UserInfo(call: Call): Response {
  const { profile, state } = call.proxy;
  const userId = call.query.get('user_id') ?? call.caller.userId ?? 'None';
  const mayRead = call.caller.role === 'proxy_admin' || userId === call.caller.userId;
  const user = mayRead ? state.users.get(userId) : undefined;
  if (!user) throw plainManagementError(profile, 404, `User not found: ${userId}`);
  resetUserWhenDue(call.proxy, user);
  return json({ ...userRowBody(user), object_permission: null, model_max_budget: {} });
}
