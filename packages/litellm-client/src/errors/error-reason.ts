import { isDatabaseText } from './database-down.ts';
import type { ErrorReport } from './error-report.ts';
import type { LiteLlmErrorReason } from './litellm-error.ts';

/** An answer of a management route that is no success, with what tells its meanings apart. */
export interface FailedAnswer extends ErrorReport {
  status: number;
  /** The hash of the key that the call was about. */
  keyHash: string | undefined;
}

const databaseTypes = new Set(['no_db_connection', 'database-not-connected']);
const enterpriseText = /Enterprise (feature|user)|enterprise license|enterprise folder|not_premium|premium user/i;
const notAdminText = /Only proxy admin|not allowed to call this route/i;

/**
 * The rules of the reference's table 3.5, first match wins. The status decides and the text refines, because
 * `error.type` is often wrong on management routes.
 */
const rules: readonly [reason: LiteLlmErrorReason, when: (answer: FailedAnswer) => boolean][] = [
  ['database_down', isDatabaseDown],
  ['bad_duration', ({ message }) => /Invalid duration format/i.test(message)],
  ['enterprise_required', ({ message }) => enterpriseText.test(message)],
  ['no_models', ({ status, message }) => status >= 500 && message.includes('LLM Model List not loaded')],
  ['not_found', isUnknownTarget],
  // of a team that lacks a model of the key that is moved to it: 401 on 1.81.12, but not about our own key
  ['refused', ({ type }) => type?.endsWith('_model_access_denied') ?? false],
  ['master_key_refused', ({ status, message }) => status === 401 || (status === 403 && notAdminText.test(message))],
  [
    'custom_key_disabled',
    ({ status, message }) => status === 403 && /Custom API key values are disabled/i.test(message),
  ],
  ['server_error', isUnexpectedException],
  ['alias_ambiguous', ({ status, message }) => status === 400 && /Multiple keys share key_alias/i.test(message)],
  [
    'alias_taken',
    ({ status, param, message }) => status === 400 && param === 'key_alias' && /already exists/i.test(message),
  ],
  [
    'limit_over_bound',
    ({ status, message }) => status === 400 && /over max limit|Allocated [TR]PM limit/i.test(message),
  ],
  ['already_member', ({ type }) => type === 'team_member_already_in_team'],
  ['not_member', ({ status, message }) => status === 400 && /User not found in team/i.test(message)],
  ['already_exists', ({ status, message }) => status === 409 || (status === 400 && /already exists/i.test(message))],
  ['validation', ({ status }) => status === 400 || status === 422],
  ['not_litellm', ({ status }) => status < 400],
  // FastAPI's words for "no such route": it must not pass for "no such key"
  ['no_route', ({ status, message }) => status === 405 || (status === 404 && message === 'Not Found')],
  ['not_found', ({ status }) => status === 404],
  ['rate_limited', ({ status }) => status === 429 || status === 408 || status === 425],
  ['server_error', ({ status }) => status >= 500],
];

export function errorReason(answer: FailedAnswer): LiteLlmErrorReason {
  return rules.find(([, when]) => when(answer))?.[0] ?? 'refused';
}

function isDatabaseDown({ status, type, message }: FailedAnswer): boolean {
  if (type !== null && databaseTypes.has(type)) return true;
  return (status >= 500 || type === 'auth_error') && isDatabaseText(message);
}

/**
 * 1.81.12 answers 401, as if our own key were bad, when the key that a call is about does not exist (LL-C33, LL-C38).
 * The hash in the message tells which key it means.
 */
function isUnknownTarget({ status, message, keyHash }: FailedAnswer): boolean {
  return status === 401 && keyHash !== undefined && message.includes(keyHash);
}

/**
 * Up to 1.104.0 /key/update answers 400 for any exception it did not expect, with this beginning; what LiteLLM itself
 * refuses comes without it. Whether something was stored is unknown then.
 */
function isUnexpectedException({ status, type, message }: FailedAnswer): boolean {
  return status === 400 && type === 'auth_error' && message.startsWith('Authentication Error, ');
}
