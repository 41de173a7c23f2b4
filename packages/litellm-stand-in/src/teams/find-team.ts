import type { Call } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { TeamRow } from './team-row.ts';

/** A team that must exist. @throws ProxyError 404 in the envelope of the routes without LiteLLM's wrapper. */
export function existingTeam(call: Call, id: string): TeamRow {
  const row = call.proxy.state.teams.get(id);
  if (!row) throw detailError(404, { error: `Team not found, passed team_id=${id}` });
  return row;
}
