import type { BudgetFields } from '../budgets/budget-row.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, isObject, jsonBody, numberOf, textOf } from '../http/call.ts';
import { detailError, namedError } from '../http/errors.ts';
import { type FieldSpecs, validationError } from '../http/fields.ts';
import { licenceError } from '../http/licence.ts';
import { userRowBody } from '../users/user-row.ts';
import { addMembership, limitMembership, removeMembership } from './members.ts';
import { type TeamMember, type TeamRow, teamRowBody } from './team-row.ts';

const limits: FieldSpecs = {
  max_budget_in_team: { type: 'number' },
  budget_duration: { type: 'string' },
  tpm_limit: { type: 'integer' },
  rpm_limit: { type: 'integer' },
};

const team: FieldSpecs = { team_id: { type: 'string', required: true } };
const who: FieldSpecs = { user_id: { type: 'string' }, user_email: { type: 'string' } };

/** Body of POST /team/member_add; `member` is one or a list. */
export const memberAddFields: FieldSpecs = { ...team, ...limits };

/** Bodies of POST /team/member_update and /team/member_delete. */
export const memberFields: FieldSpecs = { ...team, ...who, ...limits, role: { type: 'string' } };

function limitsOf(given: Record<string, unknown>): Partial<BudgetFields> {
  const set = {
    max_budget: numberOf(given, 'max_budget_in_team'),
    budget_duration: textOf(given, 'budget_duration'),
    tpm_limit: numberOf(given, 'tpm_limit'),
    rpm_limit: numberOf(given, 'rpm_limit'),
  };
  return Object.fromEntries(Object.entries(set).filter(([, limit]) => limit !== null));
}

function readMembers(call: Call): TeamMember[] {
  const { member } = jsonBody(call);
  return (Array.isArray(member) ? member : [member]).map((sent): TeamMember => {
    const fields = isObject(sent) ? sent : {};
    const [user_id, user_email] = [textOf(fields, 'user_id'), textOf(fields, 'user_email')];
    if (user_id === null && user_email === null) {
      const msg = 'Value error, Either user id or user email must be provided';
      throw validationError(call.proxy.profile, [{ type: 'value_error', loc: ['body'], msg, input: sent }]);
    }
    return { user_id, user_email, role: textOf(fields, 'role') ?? 'user' };
  });
}

const python = (text: string | null) => (text === null ? 'None' : `'${text}'`);
const plain = (text: string | null) => text ?? 'None';

function sameMember(a: TeamMember, b: TeamMember): boolean {
  const same = (x: string | null, y: string | null) => x !== null && x === y;
  return same(a.user_id, b.user_id) || same(a.user_email, b.user_email);
}

function refuseMembers(row: TeamRow, added: readonly TeamMember[]): void {
  for (const member of added) {
    const { user_id: id, user_email: email, role } = member;
    if (row.members.some((other) => sameMember(other, member))) {
      const existing = row.members.map(
        (other) =>
          `Member(user_id=${python(other.user_id)}, user_email=${python(other.user_email)}, role='${other.role}')`,
      );
      const text = `User already in team. Member: user_id=${plain(id)}, user_email=${plain(email)}. Existing members=[${existing.join(', ')}]`;
      throw namedError(400, 'team_member_already_in_team', text, 'member');
    }
    if (role === 'admin') {
      const got = `user_id=${python(id)} user_email=${python(email)} role='admin'`;
      throw licenceError(400, `Assigning team admins is a premium feature. Got=${got}.`);
    }
  }
}

/** POST /team/member_add: creates users that do not exist. */
export function addMembers(call: Call): Response {
  const given = bodyFields(call, memberAddFields);
  const added = readMembers(call);
  const id = textOf(given, 'team_id') ?? '';
  const row = call.proxy.state.teams.get(id);
  if (!row) {
    throw detailError(404, { error: `Team doesn't exist in db. Team=${id}. Create team via \`/team/new\` call.` });
  }
  refuseMembers(row, added);
  const users = added.map((member) => {
    const userId = member.user_id ?? userOfEmail(call, member.user_email) ?? member.user_email ?? '';
    row.members = [...row.members, { ...member, user_id: userId }];
    return addMembership(call, row, userId, limitsOf(given), member.user_email);
  });
  row.updatedAt = call.proxy.now();
  const updated = users.filter((user) => user !== null).map(userRowBody);
  return json({ ...teamRowBody(row, call.proxy), updated_users: updated, updated_team_memberships: [] });
}

function userOfEmail({ proxy: { state } }: Call, email: string | null): string | null {
  for (const user of state.users.values()) if (email !== null && user.fields.user_email === email) return user.userId;
  return null;
}

function memberTeam(call: Call, given: Record<string, unknown>): TeamRow {
  const id = textOf(given, 'team_id') ?? '';
  const row = call.proxy.state.teams.get(id);
  if (!row) throw detailError(400, { error: `Team id=${id} does not exist in db` });
  return row;
}

function memberIn(row: TeamRow, given: Record<string, unknown>): TeamMember | undefined {
  const asked = { user_id: textOf(given, 'user_id'), user_email: textOf(given, 'user_email'), role: 'user' };
  return row.members.find((member) => sameMember(member, asked));
}

/** POST /team/member_update: limits of a member. Someone who is none answers 200 as well. */
export function updateMember(call: Call): Response {
  const given = bodyFields(call, memberFields);
  const row = memberTeam(call, given);
  const member = memberIn(row, given);
  if (member?.user_id) limitMembership(call, row, member.user_id, limitsOf(given));
  const { max_budget_in_team = null, tpm_limit = null, rpm_limit = null, budget_duration = null } = given;
  return json({
    user_id: member?.user_id ?? given.user_id ?? null,
    user_email: given.user_email ?? null,
    team_id: row.teamId,
    max_budget_in_team,
    tpm_limit,
    rpm_limit,
    ...(call.proxy.profile.recentKeyFields && { budget_duration }),
  });
}

/** POST /team/member_delete */
export function deleteMember(call: Call): Response {
  const given = bodyFields(call, memberFields);
  const row = memberTeam(call, given);
  const member = memberIn(row, given);
  if (!member) throw detailError(400, { error: 'User not found in team' });
  row.members = row.members.filter((other) => other !== member);
  if (member.user_id !== null) removeMembership(call, row, member.user_id);
  row.updatedAt = call.proxy.now();
  return json(teamRowBody(row, call.proxy));
}
