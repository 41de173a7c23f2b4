import { budgetTableBody } from '../budgets/budget-row.ts';
import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { detailError, errorEnvelope, typeOfStatus } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { keyRowBody } from '../keys/key-row.ts';
import { toUsd } from '../money.ts';
import { type TeamRow, teamRowBody } from './team-row.ts';

/** Query parameters of the routes that read teams. */
export const teamParameters: FieldSpecs = { team_id: { type: 'string' }, key_limit: { type: 'integer' } };
export const teamListParameters: FieldSpecs = { user_id: { type: 'string' }, organization_id: { type: 'string' } };
export const teamPageParameters: FieldSpecs = {
  ...teamListParameters,
  team_id: { type: 'string' },
  team_alias: { type: 'string' },
  page: { type: 'integer', minimum: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 100 },
};

function membershipsOf({ proxy: { state } }: Call, row: TeamRow): unknown[] {
  return Object.entries(row.memberships).map(([userId, { budgetId, spend }]) => {
    const budget = budgetId === null ? undefined : state.budgets.get(budgetId);
    const table = budget ? budgetTableBody(budget) : null;
    return {
      user_id: userId,
      team_id: row.teamId,
      budget_id: budgetId,
      spend: toUsd(spend),
      litellm_budget_table: table,
    };
  });
}

function keysOf({ proxy }: Call, row: TeamRow, limit: number | null): unknown[] {
  const keys = proxy.state.keys.ofTeam(row.teamId).slice(0, limit ?? undefined);
  return keys.map((key) => ({ token: key.token, ...keyRowBody(key, proxy) }));
}

/** A refusal of /team/info, which wraps its message as no other route does. */
function infoError({ proxy: { profile } }: Call, status: number, message: string, wrapper: 'message' | 'error'): Error {
  const type =
    profile.managementErrorType === 'by-status' && status !== 403 ? typeOfStatus(profile, status) : 'auth_error';
  return errorEnvelope({ status, message: `{'${wrapper}': '${message}'}`, type, param: profile.authParam });
}

function requireMember(call: Call, id: string): void {
  const { role, userId, key } = call.caller;
  if (role === 'proxy_admin' || key?.fields.team_id === id) return;
  const team = call.proxy.state.teams.get(id);
  if (userId !== null && team?.members.some((member) => member.user_id === userId)) return;
  const text =
    userId === null
      ? `API key not authorized to access this team=${id}. No user_id or team_id associated with this key.`
      : `User=${userId} not authorized to access this team=${id}`;
  throw infoError(call, 403, text, 'error');
}

/** GET /team/info: the team with its keys and members. */
export function teamInfo(call: Call): Response {
  const query = queryFields(call, teamParameters);
  const id = textOf(query, 'team_id');
  if (id === null) throw infoError(call, 422, 'Malformed request. No team id passed in.', 'message');
  const row = call.proxy.state.teams.get(id);
  if (!row && call.caller.role === 'proxy_admin') {
    throw infoError(call, 404, `Team not found, passed team id: ${id}.`, 'message');
  }
  requireMember(call, id);
  if (!row) throw infoError(call, 404, `Team not found, passed team id: ${id}.`, 'message');
  return json({
    team_id: id,
    team_info: { ...teamRowBody(row, call.proxy), team_member_budget_table: null },
    keys: keysOf(call, row, numberOf(query, 'key_limit')),
    team_memberships: membershipsOf(call, row),
  });
}

function teamsFor(call: Call, query: Record<string, unknown>): TeamRow[] {
  const user = textOf(query, 'user_id');
  const { role, userId } = call.caller;
  if (role !== 'proxy_admin' && (user === null || user !== userId)) {
    const rule = `Only admin users can query all teams/other teams. Your user role=${role === 'unknown' ? 'internal_user' : role}`;
    throw detailError(401, { error: rule });
  }
  const organization = textOf(query, 'organization_id');
  const alias = textOf(query, 'team_alias')?.toLowerCase();
  const id = textOf(query, 'team_id');
  return [...call.proxy.state.teams.values()].filter(
    (row) =>
      (user === null || row.members.some((member) => member.user_id === user)) &&
      (organization === null || row.fields.organization_id === organization) &&
      (id === null || row.teamId === id) &&
      (alias === undefined || (row.fields.team_alias ?? '').toLowerCase().includes(alias)),
  );
}

/** GET /team/list: all teams in one bare array. */
export function listTeams(call: Call): Response {
  const rows = teamsFor(call, queryFields(call, teamListParameters));
  return json(
    rows.map((row) => ({
      ...teamRowBody(row, call.proxy),
      team_memberships: membershipsOf(call, row),
      keys: keysOf(call, row, null),
    })),
  );
}

/** GET /v2/team/list: a page of teams, newest first. */
export function listTeamPage(call: Call): Response {
  const query = queryFields(call, teamPageParameters);
  const rows = teamsFor(call, query).reverse();
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'page_size') ?? 10];
  return json({
    teams: rows.slice((page - 1) * size, page * size).map((row) => teamRowBody(row, call.proxy)),
    total: rows.length,
    page,
    page_size: size,
    total_pages: Math.ceil(rows.length / size),
  });
}
