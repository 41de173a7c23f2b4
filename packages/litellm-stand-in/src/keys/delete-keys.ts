import { evictKey } from '../auth/evict-key.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, changedBy, stringsOf } from '../http/call.ts';
import { managementError } from '../http/errors.ts';
import { validationError } from '../http/fields.ts';
import { archiveKey } from '../state.ts';
import { findKey } from './find-key.ts';
import type { KeyRow } from './key-row.ts';

/** POST /key/delete: the answer repeats the request, so ids that never existed look deleted. */
export function deleteKeys(call: Call): Response {
  const { profile, state, now } = call.proxy;
  const given = bodyFields(call, { keys: { type: 'strings' }, key_aliases: { type: 'strings' } });
  const byKey = Array.isArray(given.keys);
  const named = stringsOf(given, byKey ? 'keys' : 'key_aliases');
  if (!byKey && !Array.isArray(given.key_aliases)) {
    const msg = "Value error, At least one of 'keys' or 'key_aliases' must be provided.";
    throw validationError(profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
  }
  const rows = byKey ? named.map((key) => findKey(call, key)) : withAliases(call, named);
  const found = [...new Set(rows.filter((row) => row !== undefined))];
  if (call.caller.role !== 'proxy_admin' && found.some((row) => row.fields.user_id !== call.caller.userId)) {
    throw managementError(profile, 403, 'You are not authorized to delete this key');
  }
  if (found.length === 0) throw managementError(profile, 404, 'No keys found');
  for (const row of deletable(call, found)) {
    archiveKey(state, row, now(), changedBy(call));
    evictKey(call, row);
  }
  return json({ deleted_keys: named });
}

/** The keys that go: all, or half of them when a fault says so, though the answer names all. */
function deletable({ misbehaviour }: Call, rows: readonly KeyRow[]): readonly KeyRow[] {
  return misbehaviour?.kind === 'partial-delete' ? rows.slice(0, Math.floor(rows.length / 2)) : rows;
}

function withAliases({ proxy }: Call, aliases: readonly string[]): KeyRow[] {
  return [...new Set(aliases)].flatMap((alias) => [...proxy.state.keys.withAlias(alias)]);
}
