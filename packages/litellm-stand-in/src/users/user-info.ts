import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { managementError } from '../http/errors.ts';
import { keyRowBody } from '../keys/key-row.ts';
import { userRowBody } from './user-row.ts';

/** GET /user/info: without `user_id` it is about the caller. */
export function userInfo(call: Call): Response {
  const { profile, state } = call.proxy;
  const userId = call.query.get('user_id') ?? call.caller.userId ?? '';
  if (call.caller.role !== 'proxy_admin' && userId !== call.caller.userId) {
    throw managementError(profile, 403, `You are not allowed to read user ${userId}`);
  }
  const user = state.users.get(userId);
  if (!user) throw managementError(profile, 404, `User ${userId} not found`);
  const keys = [...state.keys.values()].filter((row) => row.fields.user_id === userId);
  return json({
    user_id: userId,
    user_info: userRowBody(user),
    keys: keys.map((row) => ({ token: row.token, ...keyRowBody(row, profile) })),
    teams: [],
  });
}
