import { type Call, numberOf, textOf } from '../http/call.ts';
import { errorEnvelope, managementError, unexpectedError, unexpectedRepr } from '../http/errors.ts';

/** Refuses what must exist: users, teams and models need not. */
export function refuseUnknownLinks(call: Call, given: Record<string, unknown>): void {
  const { profile, state } = call.proxy;
  const organization = textOf(given, 'organization_id');
  if (organization && !state.organizations.has(organization)) {
    const hint = `Organization=${organization}. Create organization via \`/organization/new\` call.`;
    throw unexpectedError(profile, `Organization doesn't exist in db. ${hint}`);
  }
  const project = textOf(given, 'project_id');
  if (project && profile.recentKeyFields) {
    throw managementError(profile, 404, `Project not found, project_id=${project}`);
  }
  const budget = textOf(given, 'budget_id');
  if (budget && !state.budgets.has(budget)) throw unexpectedRepr(profile, 'Internal Server Error.');
}

const guaranteed = 'guaranteed_throughput';

/** Refuses a guaranteed limit that the team cannot give beside what its other keys were promised. */
export function refuseOverTeamLimit(call: Call, given: Record<string, unknown>): void {
  const { profile, state } = call.proxy;
  const team = state.teams.get(textOf(given, 'team_id') ?? '');
  if (!team) return;
  for (const unit of ['tpm', 'rpm'] as const) {
    const wanted = numberOf(given, `${unit}_limit`);
    const most = team.fields[`${unit}_limit`];
    if (given[`${unit}_limit_type`] !== guaranteed || wanted === null || most === null) continue;
    const promised = state.keys
      .ofTeam(team.teamId)
      .filter((row) => row.fields.metadata[`${unit}_limit_type`] === guaranteed)
      .reduce((sum, row) => sum + (row.fields[`${unit}_limit`] ?? 0), 0);
    if (promised + wanted <= most) continue;
    const name = unit.toUpperCase();
    const message = `Allocated ${name} limit=${promised} + Key ${name} limit=${wanted} is greater than team ${name} limit=${most}`;
    const type = profile.managementErrorType === 'by-status' ? 'invalid_request_error' : 'internal_server_error';
    throw errorEnvelope({ status: 400, message, type, param: profile.managementParam });
  }
}
