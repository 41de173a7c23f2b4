import { evictKey } from '../auth/evict-key.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, changedBy, jsonBody, stringsOf, textOf } from '../http/call.ts';
import { managementError } from '../http/errors.ts';
import { type FieldSpecs, readFields } from '../http/fields.ts';
import { archiveKey } from '../state.ts';
import { existingTeam } from './find-team.ts';
import { removeMembership } from './members.ts';
import { refuseBadTeam, teamFieldsAfter } from './new-team.ts';
import { type TeamRow, teamFields, teamResetOf, teamRowBody } from './team-row.ts';

export const updateTeamFields: FieldSpecs = { ...teamFields, team_id: { type: 'string', required: true } };
export const teamIdField: FieldSpecs = { team_id: { type: 'string', required: true } };
export const teamIdsField: FieldSpecs = { team_ids: { type: 'strings', required: true } };

function applyTeamUpdate(call: Call, id: string, given: Record<string, unknown>): TeamRow {
  const { proxy } = call;
  const row = proxy.state.teams.get(id);
  if (!row) throw managementError(proxy.profile, 404, `Team not found, passed team_id=${id}`);
  refuseBadTeam(call, given);
  const before = row.fields.budget_duration;
  row.fields = teamFieldsAfter(row.fields, given);
  if (row.fields.budget_duration !== before) row.budgetResetAt = teamResetOf(proxy, row.fields);
  if (typeof given.blocked === 'boolean') setBlocked(call, row, given.blocked);
  row.updatedAt = proxy.now();
  return row;
}

/** POST /team/update */
export function updateTeam(call: Call): Response {
  const given = bodyFields(call, updateTeamFields);
  const row = applyTeamUpdate(call, textOf(given, 'team_id') ?? '', given);
  return json({ team_id: row.teamId, data: teamRowBody(row, call.proxy) });
}

/** PATCH /team/{team_id} */
export function patchTeam(call: Call): Response {
  const given = readFields(jsonBody(call), teamFields, 'body', call.proxy.profile);
  return json(teamRowBody(applyTeamUpdate(call, call.params.team_id ?? '', given), call.proxy));
}

function setBlocked(call: Call, row: TeamRow, blocked: boolean): void {
  row.blocked = blocked;
  if (!call.proxy.profile.teamBlockEvicts) return;
  for (const key of call.proxy.state.keys.ofTeam(row.teamId)) evictKey(call, key);
}

function blockOrUnblock(call: Call, blocked: boolean): Response {
  const row = existingTeam(call, textOf(bodyFields(call, teamIdField), 'team_id') ?? '');
  setBlocked(call, row, blocked);
  row.updatedAt = call.proxy.now();
  return json(teamRowBody(row, call.proxy));
}

/** POST /team/block: every key of the team is refused; on 1.81.12 those in use only after a minute. */
export function blockTeam(call: Call): Response {
  return blockOrUnblock(call, true);
}

/** POST /team/unblock */
export function unblockTeam(call: Call): Response {
  return blockOrUnblock(call, false);
}

/** POST /team/delete: all or none; the keys of the teams go too. */
export function deleteTeams(call: Call): Response {
  const { state, profile, now } = call.proxy;
  const rows = stringsOf(bodyFields(call, teamIdsField), 'team_ids').map((id) => existingTeam(call, id));
  for (const row of rows) {
    for (const key of state.keys.ofTeam(row.teamId)) {
      archiveKey(state, key, now(), changedBy(call));
      if (profile.bulkDeleteEvicts) evictKey(call, key);
    }
    for (const userId of Object.keys(row.memberships)) removeMembership(call, row, userId);
    state.teams.delete(row.teamId);
  }
  return json({ deleted_teams: rows.map((row) => row.teamId) });
}
