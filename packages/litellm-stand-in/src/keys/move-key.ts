import { type Call, textOf } from '../http/call.ts';
import { errorEnvelope, managementError, type ProxyError } from '../http/errors.ts';
import { denied } from '../limits/model-access.ts';
import { listedModels } from '../models/catalogue.ts';
import type { TeamRow } from '../teams/team-row.ts';
import type { KeyRow } from './key-row.ts';
import { UnwrappedError } from './unwrapped-error.ts';

/**
 * Refuses an update of /key/update whose team is not there, or does not fit the key as it is stored: what else the same
 * update changes does not count. /key/generate asks for none of this.
 */
export function refuseBadMove(call: Call, row: KeyRow, given: Record<string, unknown>): void {
  const { profile, state } = call.proxy;
  const own = row.fields.team_id;
  const id = textOf(given, 'team_id') || (profile.looksUpStoredTeam ? own : null);
  if (!id) return;
  const team = state.teams.get(id);
  if (!team) throw unknownTeam(call, id);
  if (id === own) return;
  refuseModels(call, row, team);
  refuseStranger(call, row, team);
  refuseRates(call, row, team);
}

function unknownTeam({ proxy: { profile } }: Call, id: string): ProxyError {
  const message = `Team doesn't exist in db. Team=${id}. Create team via \`/team/new\` call.`;
  const refusal = managementError(profile, 404, message);
  return profile.managementErrorType === 'by-status' ? new UnwrappedError(refusal) : refusal;
}

function refuseModels(call: Call, { fields: { models } }: KeyRow, team: TeamRow): void {
  const allowed = listedModels(team.fields.models);
  if (allowed === null) return;
  const other = models.find((model) => model !== 'all-team-models' && !allowed.includes(model));
  if (other !== undefined) throw denied(call, 'team', allowed, other);
}

function refuseStranger(call: Call, { fields: { user_id: user } }: KeyRow, { teamId, members }: TeamRow): void {
  if (user === null || members.some((member) => member.user_id === user)) return;
  throw forbidden(call, `User=${user} is not a member of the team=${teamId}. Check team members via \`/team/info\`.`);
}

/** LiteLLM looks at the requests only of a key that has a limit of tokens. */
function refuseRates(call: Call, { token, fields }: KeyRow, team: TeamRow): void {
  if (fields.tpm_limit === null) return;
  for (const name of ['tpm_limit', 'rpm_limit'] as const) {
    const [own, most] = [fields[name], team.fields[name]];
    if (!own || !most || own <= most) continue;
    const rule = `which is greater than the team's ${name}=${most}.`;
    throw forbidden(call, `Key=${token} has a ${name}=${own} ${rule}`);
  }
}

function forbidden({ proxy: { profile } }: Call, message: string): ProxyError {
  return errorEnvelope({ status: 403, message, type: 'auth_error', param: profile.authParam });
}
