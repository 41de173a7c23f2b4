import { randomUUID } from 'node:crypto';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, isObject, numberOf, textOf } from '../http/call.ts';
import { managementError } from '../http/errors.ts';
import { withoutNulls } from '../keys/generate-key.ts';
import { refuseBadBudget, refuseLicensedFields } from '../keys/key-rules.ts';
import { pythonFloat } from '../python.ts';
import { addMembership } from './members.ts';
import {
  initialTeamFields,
  type TeamFields,
  type TeamMember,
  type TeamRow,
  teamColumns,
  teamFields,
  teamMetadataFields,
  teamResetOf,
  teamRowBody,
} from './team-row.ts';

/** Refuses budgets that contradict each other or are no money. */
export function refuseBadTeam(call: Call, given: Record<string, unknown>): void {
  const { profile } = call.proxy;
  refuseLicensedFields(given, profile);
  refuseBadBudget(given, profile);
  const [soft, most] = [numberOf(given, 'soft_budget'), numberOf(given, 'max_budget')];
  if (soft === null || most === null || soft < most) return;
  const [softText, mostText] = [pythonFloat(soft), pythonFloat(most)];
  const rule = `soft_budget (${softText}) must be strictly lower than max_budget (${mostText})`;
  throw managementError(profile, 400, rule);
}

/** The columns after a request; null clears. */
export function teamFieldsAfter(old: TeamFields, given: Record<string, unknown>): TeamFields {
  const defaults = initialTeamFields();
  const fields: TeamFields = { ...old };
  for (const [name, value] of Object.entries(given)) {
    if (name in teamColumns) fields[name] = value ?? defaults[name];
  }
  const inMetadata = Object.entries(given).filter(([name, value]) => name in teamMetadataFields && value !== null);
  fields.metadata = { ...fields.metadata, ...Object.fromEntries(inMetadata) };
  return fields;
}

function membersOf(call: Call, given: Record<string, unknown>): TeamMember[] {
  const sent = Array.isArray(given.members_with_roles) ? given.members_with_roles.filter(isObject) : [];
  const members = sent.map((member) => ({
    user_id: textOf(member, 'user_id'),
    user_email: textOf(member, 'user_email'),
    role: textOf(member, 'role') ?? 'user',
  }));
  const creator = call.caller.userId;
  if (creator === null || members.some((member) => member.user_id === creator)) return members;
  return [...members, { user_id: creator, user_email: null, role: 'admin' }];
}

/** POST /team/new: the caller becomes an admin of the team. */
export function newTeam(call: Call): Response {
  const { proxy } = call;
  const given = withoutNulls(bodyFields(call, teamFields));
  const id = textOf(given, 'team_id') ?? randomUUID();
  if (proxy.state.teams.has(id)) {
    throw managementError(proxy.profile, 400, `Team id = ${id} already exists. Please use a different team id.`);
  }
  refuseBadTeam(call, given);
  const fields = teamFieldsAfter(initialTeamFields(), given);
  const now = proxy.now();
  const row: TeamRow = {
    teamId: id,
    fields,
    members: membersOf(call, given),
    memberships: {},
    spend: 0n,
    blocked: given.blocked === true,
    budgetResetAt: teamResetOf(proxy, fields),
    createdAt: now,
    updatedAt: now,
  };
  proxy.state.teams.set(id, row);
  for (const { user_id } of row.members) if (user_id !== null) addMembership(call, row, user_id, {});
  return json(teamRowBody(row, proxy));
}
