import { onlyAdmins } from '../auth/rights.ts';
import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import type { FieldSpecs } from '../http/fields.ts';
import type { KeyRow } from './key-row.ts';

/** Parameters of GET /key/aliases. */
export const aliasListParameters: FieldSpecs = {
  page: { type: 'integer', minimum: 1 },
  size: { type: 'integer', minimum: 1, maximum: 100 },
  search: { type: 'string' },
  team_id: { type: 'string' },
};

/** SQL's ILIKE with the search in the middle: `_` stands for one character and `%` for any number. */
function likePattern(search: string): RegExp {
  const escaped = search.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(escaped.replaceAll('_', '.').replaceAll('%', '.*'), 'is');
}

/** Keys with an alias that matches, by alias. */
function aliasedKeys({ proxy: { state }, caller }: Call, team: string | null, search: string): readonly KeyRow[] {
  const user = caller.role === 'proxy_admin' ? null : caller.userId;
  return state.keys.views.of(`aliases ${JSON.stringify([team, search, user])}`, () => {
    const pattern = search === '' ? null : likePattern(search);
    const fits = ({ fields: { key_alias: alias, team_id, user_id } }: KeyRow) =>
      alias !== null &&
      (team === null || team_id === team) &&
      (user === null || user_id === user) &&
      (pattern === null || pattern.test(alias));
    const byAlias = (a: KeyRow, b: KeyRow) => ((a.fields.key_alias ?? '') < (b.fields.key_alias ?? '') ? -1 : 1);
    return [...state.keys.values()].filter(fits).sort(byAlias);
  });
}

const aliasesOf = (rows: readonly KeyRow[]) => rows.map((row) => row.fields.key_alias);

/** GET /key/aliases: aliases of living keys in alphabetical order; 1.81.12 gives all and ignores parameters. */
export function listAliases(call: Call): Response {
  const { profile } = call.proxy;
  if (call.caller.role !== 'proxy_admin' && !profile.usersListAliases) throw onlyAdmins(call);
  if (!profile.pagesAliases) return json({ aliases: aliasesOf(aliasedKeys(call, null, '')) });
  const query = queryFields(call, aliasListParameters);
  const found = aliasedKeys(call, textOf(query, 'team_id'), textOf(query, 'search') ?? '');
  const page = numberOf(query, 'page') ?? 1;
  const size = numberOf(query, 'size') ?? 50;
  return json({
    aliases: aliasesOf(found.slice((page - 1) * size, page * size)),
    total_count: found.length,
    current_page: page,
    total_pages: Math.ceil(found.length / size),
    size,
  });
}
