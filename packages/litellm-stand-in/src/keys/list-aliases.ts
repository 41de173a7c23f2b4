import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import type { FieldSpecs } from '../http/fields.ts';

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

/** GET /key/aliases: aliases of living keys in alphabetical order; 1.81.12 ignores all parameters. */
export function listAliases(call: Call): Response {
  const { state, profile } = call.proxy;
  const query = queryFields(call, aliasListParameters);
  const rows = [...state.keys.values()];
  const aliasesOf = (some: typeof rows) => some.flatMap((row) => row.fields.key_alias ?? []).sort();
  if (!profile.pagesAliases) return json({ aliases: aliasesOf(rows) });
  const team = textOf(query, 'team_id');
  const pattern = likePattern(textOf(query, 'search') ?? '');
  const found = aliasesOf(rows.filter((row) => team === null || row.fields.team_id === team)).filter((alias) =>
    pattern.test(alias),
  );
  const page = numberOf(query, 'page') ?? 1;
  const size = numberOf(query, 'size') ?? 50;
  return json({
    aliases: found.slice((page - 1) * size, page * size),
    total_count: found.length,
    current_page: page,
    total_pages: Math.ceil(found.length / size),
    size,
  });
}
