import { json } from '../http/answers.ts';
import { bodyFields, type Call, stringsOf } from '../http/call.ts';
import { type FieldSpecs, validationError } from '../http/fields.ts';
import { findKey } from './find-key.ts';
import { type KeyRow, keyRowBody } from './key-row.ts';

const fields: FieldSpecs = { keys: { type: 'strings' }, key_aliases: { type: 'strings' } };

function askedRows(call: Call, given: Record<string, unknown>): KeyRow[] {
  const { state, profile } = call.proxy;
  if (Array.isArray(given.keys)) return stringsOf(given, 'keys').flatMap((key) => findKey(call, key) ?? []);
  // 1.81.12 ignores the aliases, and every key comes back.
  if (profile.v2Info === 'with-token') return [...state.keys.values()];
  return stringsOf(given, 'key_aliases').flatMap((alias) => [...state.keys.withAlias(alias)]);
}

/** POST /v2/key/info: the keys asked for that exist and that the caller may see; missing ones are no error. */
export function v2KeyInfo(call: Call): Response {
  const { profile } = call.proxy;
  const given = bodyFields(call, fields);
  if (!Array.isArray(given.keys) && !Array.isArray(given.key_aliases)) {
    const msg = "Value error, At least one of 'keys' or 'key_aliases' must be provided.";
    throw validationError(profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
  }
  const { role, key, userId } = call.caller;
  const seen = (row: KeyRow) =>
    role === 'proxy_admin' || row.token === key?.token || (userId !== null && row.fields.user_id === userId);
  const info = askedRows(call, given)
    .filter(seen)
    .map((row) => ({ ...(profile.v2Info === 'with-token' && { token: row.token }), ...keyRowBody(row, call.proxy) }));
  return json({ key: given.keys ?? null, info });
}
