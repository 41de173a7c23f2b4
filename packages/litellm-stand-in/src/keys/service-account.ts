import { randomUUID } from 'node:crypto';
import { bodyFields, type Call, isObject, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { checkedSecret, storeKey, withoutNulls } from './generate-key.ts';
import { keyFields } from './key-columns.ts';

/** POST /key/service-account/generate: a key of a team and of no user, so that it survives /user/delete. */
export function generateServiceAccountKey(call: Call): Response {
  const { profile, state } = call.proxy;
  const { user_id: _, ...given } = withoutNulls(bodyFields(call, keyFields));
  const team = textOf(given, 'team_id');
  if (team === null) {
    const rule = 'team_id is required for service account keys. Please specify `team_id` in the request body.';
    throw detailError(400, rule);
  }
  if (!state.teams.has(team)) {
    const rule = 'team_id does not exist in the database. Please specify a valid `team_id` in the request body.';
    throw detailError(400, rule);
  }
  if (call.caller.role !== 'proxy_admin') {
    throw detailError(400, `User=${call.caller.userId} not assigned to team=${team}`);
  }
  if (profile.setsServiceAccountId) {
    const metadata = isObject(given.metadata) ? given.metadata : {};
    given.metadata = { ...metadata, service_account_id: textOf(given, 'key_alias') ?? randomUUID() };
  }
  return storeKey(call, given, checkedSecret(call, given));
}
