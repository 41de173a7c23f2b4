import { evictKey } from '../auth/evict-key.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, stringsOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { removeMembership } from '../teams/members.ts';

/** POST /user/delete: answers the bare number of users; their keys go too and leave no trace. */
export function deleteUsers(call: Call): Response {
  const { proxy } = call;
  const given = bodyFields(call, { user_ids: { type: 'strings', required: true } });
  const ids = stringsOf(given, 'user_ids');
  const missing = ids.find((id) => !proxy.state.users.has(id));
  if (missing !== undefined) {
    throw detailError(404, { error: `User not found, passed user_id=${missing}` });
  }
  for (const id of ids) {
    for (const row of proxy.state.keys.ofUser(id)) {
      proxy.state.keys.delete(row);
      if (proxy.profile.bulkDeleteEvicts) evictKey(call, row);
    }
    for (const team of proxy.state.teams.values()) {
      team.members = team.members.filter((member) => member.user_id !== id);
      removeMembership(call, team, id);
    }
    proxy.state.users.delete(id);
  }
  return json(ids.length);
}
