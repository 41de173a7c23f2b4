import { randomUUID } from 'node:crypto';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, isObject, jsonBody, numberOf, textOf } from '../http/call.ts';
import { managementError } from '../http/errors.ts';
import { validationError } from '../http/fields.ts';
import { buildKeyRow, generatedBody, withoutNulls } from '../keys/generate-key.ts';
import { refuseBadBudget } from '../keys/key-rules.ts';
import { toNano } from '../money.ts';
import { newSecret } from '../secrets.ts';
import { addMembership } from '../teams/members.ts';
import {
  initialUserFields,
  type UserFields,
  type UserRow,
  userColumns,
  userFields,
  userResetOf,
  userRowBody,
} from './user-row.ts';

function refuseTaken(call: Call, userId: string, email: string | null): void {
  const { profile, state } = call.proxy;
  if (state.users.has(userId)) throw managementError(profile, 409, `User with id ${userId} already exists`);
  const wanted = email?.toLowerCase();
  for (const user of state.users.values()) {
    if (wanted === undefined || user.fields.user_email?.toLowerCase() !== wanted) continue;
    throw managementError(profile, 409, `User with email ${email} already exists`);
  }
}

function buildUserRow(call: Call, userId: string, given: Record<string, unknown>): UserRow {
  const now = call.proxy.now();
  const set = Object.entries(given).filter(([name]) => name in userColumns);
  const fields: UserFields = { ...initialUserFields(), ...Object.fromEntries(set), teams: [] };
  return {
    userId,
    fields,
    spend: toNano(numberOf(given, 'spend') ?? 0),
    budgetResetAt: userResetOf(call.proxy, fields),
    createdAt: now,
    updatedAt: now,
  };
}

/** Teams are ids, or ids with limits for this member. */
function joinTeams(call: Call, user: UserRow, teams: unknown): void {
  for (const sent of Array.isArray(teams) ? teams : []) {
    const fields = isObject(sent) ? sent : { team_id: sent };
    const team = call.proxy.state.teams.get(textOf(fields, 'team_id') ?? '');
    if (!team) continue;
    const role = textOf(fields, 'user_role') ?? 'user';
    team.members = [...team.members, { user_id: user.userId, user_email: user.fields.user_email, role }];
    const max_budget = numberOf(fields, 'max_budget_in_team');
    addMembership(call, team, user.userId, max_budget === null ? {} : { max_budget });
  }
}

/** POST /user/new: also creates a key without alias, unless `auto_create_key` is false. */
export function newUser(call: Call): Response {
  const { profile, state } = call.proxy;
  const given = withoutNulls(bodyFields(call, userFields));
  if (profile.refusesPasswords && 'password' in jsonBody(call)) {
    const msg = 'Value error, password cannot be set on /user/new';
    throw validationError(profile, [{ type: 'value_error', loc: ['body', 'password'], msg, input: '****' }]);
  }
  refuseBadBudget(given, profile);
  const userId = textOf(given, 'user_id') ?? randomUUID();
  refuseTaken(call, userId, textOf(given, 'user_email'));
  const user = buildUserRow(call, userId, given);
  state.users.set(userId, user);
  joinTeams(call, user, given.teams);
  const secret = newSecret();
  // Budget and limits are the user's; the key has none of its own.
  const keyGiven = withoutNulls({ user_id: userId, models: given.models ?? [], duration: given.duration ?? null });
  const row = buildKeyRow(call, keyGiven, secret);
  const withKey = given.auto_create_key !== false;
  if (withKey) state.keys.add(row);
  const key = withKey
    ? generatedBody(call, row, keyGiven, secret)
    : { key: '', token: null, token_id: null, key_name: null };
  return json({ ...key, ...userRowBody(user), spend: numberOf(given, 'spend') ?? 0 });
}
