import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { managementError, namedError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { userRowBody } from '../users/user-row.ts';
import { type KeyRow, keyRowBody, keyStatus, resetKeyWhenDue } from './key-row.ts';

/** Keys of the dashboard's own sign-ins are not listed. */
const dashboardTeam = 'litellm-dashboard';

const sortColumns = ['spend', 'max_budget', 'created_at', 'updated_at', 'token', 'key_alias'];

/** Parameters of GET /key/list. */
export const keyListParameters: FieldSpecs = {
  page: { type: 'integer', minimum: 1 },
  size: { type: 'integer', minimum: 1, maximum: 100 },
  user_id: { type: 'string' },
  team_id: { type: 'string' },
  organization_id: { type: 'string' },
  project_id: { type: 'string' },
  agent_id: { type: 'string' },
  key_hash: { type: 'string' },
  key_alias: { type: 'string' },
  search: { type: 'string' },
  return_full_object: { type: 'boolean' },
  status: { type: 'string' },
  expires: { type: 'string', oneOf: ['active', 'expired'] },
  sort_by: { type: 'string' },
  sort_order: { type: 'string' },
  expand: { type: 'string' },
};

const exactFilters = ['user_id', 'team_id', 'organization_id', 'project_id', 'agent_id', 'key_alias'];

function matches(call: Call, row: KeyRow, query: Record<string, unknown>): boolean {
  const now = call.proxy.now();
  for (const name of exactFilters) {
    const wanted = textOf(query, name);
    if (wanted !== null && row.fields[name] !== wanted) return false;
  }
  const hash = textOf(query, 'key_hash');
  if (hash !== null && row.token !== hash) return false;
  const search = call.proxy.profile.searchesKeys ? textOf(query, 'search') : null;
  if (search !== null && row.token !== search && !containsText(row.fields.key_alias, search)) return false;
  const status = textOf(query, 'status');
  if (status !== null && status !== keyStatus(row, now)) return false;
  const expires = textOf(query, 'expires');
  return expires === null || (row.expires !== null && row.expires <= now) === (expires === 'expired');
}

/** SQL's ILIKE '%part%': letter case does not count. */
function containsText(text: string | null, part: string): boolean {
  return (text ?? '').toLowerCase().includes(part.toLowerCase());
}

function sortValue(row: KeyRow, column: string): string | number | bigint {
  if (column === 'spend') return row.spend;
  if (column === 'max_budget') return row.fields.max_budget ?? Number.POSITIVE_INFINITY;
  if (column === 'created_at') return row.createdAt.getTime();
  if (column === 'updated_at') return row.updatedAt.getTime();
  return column === 'token' ? row.token : (row.fields.key_alias ?? '');
}

const order = (a: string | number | bigint, b: string | number | bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** A copy in ascending order, by token where the column is equal. */
function sorted(rows: Iterable<KeyRow>, column: string): KeyRow[] {
  return [...rows].sort((a, b) => order(sortValue(a, column), sortValue(b, column)) || order(a.token, b.token));
}

function refuseBadQuery(call: Call, query: Record<string, unknown>): void {
  const { profile } = call.proxy;
  const sortBy = textOf(query, 'sort_by');
  if (sortBy !== null && !sortColumns.includes(sortBy)) {
    throw managementError(profile, 400, `Invalid sort column. Must be one of: ${sortColumns.join(', ')}`);
  }
  const direction = textOf(query, 'sort_order');
  if (direction !== null && direction !== 'asc' && direction !== 'desc') {
    throw managementError(profile, 400, "Invalid sort order. Must be 'asc' or 'desc'");
  }
  const status = textOf(query, 'status');
  if (status === null || profile.listStatuses.includes(status)) return;
  const rule = profile.listStatuses.length === 1 ? "Currently only 'deleted' is supported." : 'Supported: ';
  const values = profile.listStatuses.length === 1 ? '' : `${profile.listStatuses.map((s) => `'${s}'`).join(', ')}.`;
  throw managementError(profile, 400, `Invalid status value. ${rule}${values}`);
}

/** Restricts a caller who is no admin to the keys of his own user. */
function scopeToCaller(call: Call, query: Record<string, unknown>): void {
  const { role, userId } = call.caller;
  if (role === 'proxy_admin') return;
  const asked = textOf(query, 'user_id');
  if (userId === null || (asked !== null && asked !== userId)) {
    throw namedError(403, 'bad_request_error', 'You are not authorized to check another users keys', 'user_id');
  }
  query.user_id = userId;
}

/** The fewest rows among which the query can find something. */
function candidates({ proxy: { state } }: Call, query: Record<string, unknown>): Iterable<KeyRow> {
  if (query.status === 'deleted') return state.deletedKeys.values();
  const [alias, user, team] = ['key_alias', 'user_id', 'team_id'].map((name) => textOf(query, name));
  if (alias) return state.keys.withAlias(alias);
  if (user) return state.keys.ofUser(user);
  return team ? state.keys.ofTeam(team) : state.keys.byCreation();
}

/** Everything that the query finds in ascending order, filtered and sorted once for all its pages. */
function found(call: Call, query: Record<string, unknown>, column: string): readonly KeyRow[] {
  const { keys } = call.proxy.state;
  const { page: _, size: __, return_full_object: ___, sort_by: ____, sort_order: _____, ...filters } = query;
  const filtersNothing = Object.keys(filters).length === 0 && keys.ofTeam(dashboardTeam).length === 0;
  if (filtersNothing && column === 'created_at') return keys.byCreation();
  const find = () => sorted(filtered(candidates(call, query)), column);
  // deleted keys are another table, and spend changes without a change of the row
  if (query.status === 'deleted' || column === 'spend') return find();
  const dependsOnTime = textOf(query, 'status') !== null || textOf(query, 'expires') !== null;
  const time = dependsOnTime ? call.proxy.now().getTime() : null;
  return keys.views.of(`keys ${JSON.stringify([column, filters, time])}`, find);

  function* filtered(rows: Iterable<KeyRow>) {
    for (const row of rows) if (row.fields.team_id !== dashboardTeam && matches(call, row, query)) yield row;
  }
}

/** One page of rows in either direction. */
function pageOf(rows: readonly KeyRow[], page: number, size: number, ascending: boolean): KeyRow[] {
  if (ascending) return rows.slice((page - 1) * size, page * size);
  const end = Math.max(0, rows.length - (page - 1) * size);
  return rows.slice(Math.max(0, end - size), end).reverse();
}

/** GET /key/list: pages of hashes, or of rows with `return_full_object=true`, newest first. */
export function listKeys(call: Call): Response {
  const { proxy } = call;
  const query = queryFields(call, keyListParameters);
  scopeToCaller(call, query);
  refuseBadQuery(call, query);
  const rows = found(call, query, textOf(query, 'sort_by') ?? 'created_at');
  const page = numberOf(query, 'page') ?? 1;
  const size = numberOf(query, 'size') ?? 10;
  const shown = pageOf(rows, page, size, query.sort_order === 'asc');
  if (query.status !== 'deleted') for (const row of shown) resetKeyWhenDue(proxy, row);
  const full = query.return_full_object === true || call.query.getAll('expand').includes('user');
  return json({
    keys: shown.map((row) => (full ? fullRow(call, row) : row.token)),
    total_count: rows.length,
    current_page: page,
    total_pages: Math.ceil(rows.length / size),
  });
}

function fullRow(call: Call, row: KeyRow): Record<string, unknown> {
  const expanded = call.query.getAll('expand').includes('user');
  const user = expanded ? call.proxy.state.users.get(row.fields.user_id ?? '') : undefined;
  return { token: row.token, ...keyRowBody(row, call.proxy), ...(user && { user: userRowBody(user) }) };
}
