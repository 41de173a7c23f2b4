import { onlyAdmins } from '../auth/rights.ts';
import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { type UserRow, userRowBody } from './user-row.ts';

/** Parameters of GET /user/list. */
export const userListParameters: FieldSpecs = {
  role: { type: 'string' },
  user_ids: { type: 'string' },
  sso_user_ids: { type: 'string' },
  user_email: { type: 'string' },
  team: { type: 'string' },
  organization_ids: { type: 'string' },
  page: { type: 'integer', minimum: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 100 },
  sort_by: { type: 'string' },
  sort_order: { type: 'string' },
};

const sortColumns = ['user_id', 'user_email', 'created_at', 'spend', 'user_alias', 'user_role'];

function matches(row: UserRow, query: Record<string, unknown>): boolean {
  const oneOf = (name: string, value: unknown) => {
    const wanted = textOf(query, name)?.split(',');
    return !wanted || (typeof value === 'string' && wanted.includes(value));
  };
  const email = textOf(query, 'user_email')?.toLowerCase();
  const team = textOf(query, 'team');
  return (
    oneOf('role', row.fields.user_role) &&
    oneOf('user_ids', row.userId) &&
    oneOf('sso_user_ids', row.fields.sso_user_id) &&
    (email === undefined || (row.fields.user_email ?? '').toLowerCase().includes(email)) &&
    (team === null || row.fields.teams.includes(team))
  );
}

function sortValue(row: UserRow, column: string): string | number | bigint {
  if (column === 'spend') return row.spend;
  if (column === 'created_at') return row.createdAt.getTime();
  return column === 'user_id' ? row.userId : String(row.fields[column] ?? '');
}

/** GET /user/list: a page of users with how many keys each has, newest first. */
export function listUsers(call: Call): Response {
  const { profile, state } = call.proxy;
  if (call.caller.role !== 'proxy_admin') {
    if (profile.checksRoleFirst) throw onlyAdmins(call);
    throw detailError(403, { error: 'Only proxy admins and organization admins can list users.' });
  }
  const query = queryFields(call, userListParameters);
  const column = textOf(query, 'sort_by') ?? 'created_at';
  if (!sortColumns.includes(column)) {
    throw detailError(400, { error: `Invalid sort column. Must be one of: ${sortColumns.join(', ')}` });
  }
  const direction =
    query.sort_order === 'asc' || (query.sort_order === undefined && query.sort_by !== undefined) ? 1 : -1;
  const order = (a: UserRow, b: UserRow) => (sortValue(a, column) < sortValue(b, column) ? -1 : 1);
  const rows = [...state.users.values()].filter((row) => matches(row, query));
  if (column !== 'created_at') rows.sort(order); // by creation they are sorted already
  if (direction === -1) rows.reverse();
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'page_size') ?? 25];
  return json({
    users: rows
      .slice((page - 1) * size, page * size)
      .map((row) => ({ ...userRowBody(row), key_count: state.keys.ofUser(row.userId).length })),
    total: rows.length,
    page,
    page_size: size,
    total_pages: Math.ceil(rows.length / size),
  });
}
