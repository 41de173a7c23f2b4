import { keepCached } from '../auth/caller.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, stringsOf } from '../http/call.ts';
import { managementError } from '../http/errors.ts';

/** POST /user/delete: answers the bare number of users; their keys go too and leave no trace. */
export function deleteUsers(call: Call): Response {
  const { proxy } = call;
  const given = bodyFields(call, { user_ids: { type: 'strings', required: true } });
  const ids = stringsOf(given, 'user_ids');
  const missing = ids.find((id) => !proxy.state.users.has(id));
  if (missing !== undefined) {
    throw managementError(proxy.profile, 404, `User not found, passed user_id=${missing}`);
  }
  for (const id of ids) proxy.state.users.delete(id);
  for (const row of [...proxy.state.keys.values()]) {
    if (row.fields.user_id === null || !ids.includes(row.fields.user_id)) continue;
    keepCached(proxy, row);
    proxy.state.keys.delete(row.token);
  }
  return json(ids.length);
}
