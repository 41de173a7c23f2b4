import { describe, expect, test } from 'vitest';
import { errorReason } from '../../src/errors/error-reason.ts';
import type { LiteLlmErrorReason } from '../../src/errors/litellm-error.ts';

const keyHash = 'b'.repeat(64);
const masterKeyHash = 'a'.repeat(64);

/** What the versions answer, as recorded from running proxies where the version is named. */
const cases: [
  reason: LiteLlmErrorReason,
  name: string,
  status: number,
  type: string | null,
  message: string,
  param?: string,
][] = [
  ['validation', 'a wrong body', 422, 'validation_error', 'body.models: should be a list'],
  ['validation', 'a short key', 400, 'bad_request_error', 'Invalid key format'],
  ['validation', '1.109.1 budget_duration', 400, 'invalid_request_error', "Invalid budget_duration ''."],
  ['bad_duration', '1.81.12 generate', 500, 'internal_server_error', 'Internal Server Error, Invalid duration format'],
  ['bad_duration', '1.92.2 generate', 500, 'internal_server_error', 'Invalid duration format'],
  ['bad_duration', '1.81.12 update', 400, 'auth_error', 'Authentication Error, Invalid duration format'],
  ['bad_duration', '1.109.1 update', 400, 'invalid_request_error', 'Invalid duration format'],
  ['alias_taken', 'generate', 400, 'bad_request_error', "Key with alias 'a' already exists.", 'key_alias'],
  ['alias_ambiguous', 'update', 400, 'bad_request_error', 'Multiple keys share key_alias a'],
  ['limit_over_bound', 'bound', 400, 'bad_request_error', 'max_budget is over max limit set in config - user_value=9'],
  ['limit_over_bound', 'team', 400, 'bad_request_error', 'Allocated TPM limit=1 + Key TPM limit=2 is greater'],
  ['not_found', 'info', 404, 'not_found_error', 'Key not found in database', 'key'],
  ['not_found', '1.81.12 delete', 404, 'internal_server_error', 'No keys found'],
  ['not_found', '1.109.1 delete', 404, 'invalid_request_error', 'No keys found'],
  ['not_found', '1.92.2 update', 404, 'not_found_error', 'Key not found.', 'key'],
  [
    'not_found',
    '1.81.12 update',
    401,
    'auth_error',
    `Authentication Error: invalid user key - user key does not exist in db. User Key=${keyHash}`,
  ],
  [
    'not_found',
    '1.81.12 block',
    401,
    'token_not_found_in_db',
    `Authentication Error, Invalid proxy server token passed. key=${keyHash}, not found in db.`,
    'key',
  ],
  [
    'refused',
    '1.81.12 update, moving a key to a team that lacks its model',
    401,
    'team_model_access_denied',
    'team not allowed to access model.',
  ],
  [
    'master_key_refused',
    '1.81.12 unknown master key',
    401,
    'token_not_found_in_db',
    `Authentication Error, Invalid proxy server token passed. Received API Key = sk-...0000, Key Hash (Token) =${masterKeyHash}.`,
    'key',
  ],
  [
    'master_key_refused',
    '1.109.1 unknown master key',
    401,
    'token_not_found_in_db',
    'Authentication Error, Invalid API key provided.',
    'key',
  ],
  [
    'master_key_refused',
    '1.81.12 a key that is no admin',
    401,
    'auth_error',
    'Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams.',
  ],
  [
    'master_key_refused',
    'a key of llm_api',
    403,
    null,
    'Virtual key is not allowed to call this route. Only allowed ...',
  ],
  ['custom_key_disabled', 'generate', 403, 'auth_error', 'Custom API key values are disabled by your administrator.'],
  [
    'enterprise_required',
    'tags',
    403,
    'auth_error',
    'This feature is only available for LiteLLM Enterprise users: tags',
  ],
  [
    'enterprise_required',
    'regenerate',
    500,
    'internal_server_error',
    'Internal Server Error, Regenerating Virtual Keys is an Enterprise feature, x',
  ],
  ['already_exists', 'team', 400, 'invalid_request_error', 'Team id = t already exists. Please use a different id.'],
  ['already_exists', 'budget', 400, null, "Budget with id 'b' already exists."],
  ['already_exists', 'customer', 400, 'bad_request', 'Customer already exists, passed user_id=c.', 'user_id'],
  ['already_member', 'team', 400, 'team_member_already_in_team', 'User already in team. Member: x', 'member'],
  ['not_member', 'team', 400, null, 'User not found in team'],
  ['enterprise_required', 'organizations', 403, null, 'Organizations are only available for LiteLLM Enterprise users.'],
  ['enterprise_required', 'customer/unblock', 400, null, 'This uses the enterprise folder - only available on Docker'],
  ['not_found', 'reset_spend', 404, null, `Key ${keyHash} not found.`],
  ['validation', 'reset_spend', 400, null, 'reset_to (1.0) must be <= current spend (0.0)'],
  ['validation', 'E4', 400, 'unknown-query-parameter', 'Unknown query parameter: x (allowed: page, size)'],
  ['master_key_refused', 'E4', 401, 'unauthorized', 'x'],
  ['not_found', 'E4', 404, 'key-not-found', 'No such key'],
  ['already_exists', 'user', 409, 'internal_server_error', 'User with id x already exists'],
  ['database_down', 'no database', 500, 'internal_server_error', 'DB not connected. See https://docs.litellm.ai'],
  [
    'database_down',
    '1.81.12',
    401,
    'auth_error',
    "Authentication Error, Can't reach database server at `127.0.0.1:5432`",
  ],
  ['database_down', '1.104.0 update', 400, 'auth_error', "Authentication Error, Can't reach database server at `x:1`"],
  ['database_down', '1.109.1', 503, 'no_db_connection', 'Service Unavailable'],
  ['database_down', 'E4', 503, 'database-not-connected', 'x'],
  [
    'server_error',
    'an exception in update',
    400,
    'auth_error',
    "Authentication Error, 'NoneType' object has no attribute",
  ],
  ['server_error', 'any 5xx', 500, 'internal_server_error', 'Internal Server Error.'],
  ['server_error', 'any 5xx', 503, null, ''],
  ['no_models', 'empty proxy', 500, null, 'LLM Model List not loaded in. Make sure you passed models'],
  ['rate_limited', '429', 429, null, 'slow down'],
  ['rate_limited', '408', 408, null, ''],
  ['no_route', 'a wrong path prefix, or a route this version lacks', 404, null, 'Not Found'],
  ['no_route', 'a wrong method', 405, null, 'Method Not Allowed'],
  ['not_litellm', 'a redirect', 307, null, ''],
  ['refused', 'another 403', 403, 'auth_error', 'custom policy says no'],
  ['refused', 'another 4xx', 418, null, 'teapot'],
];

describe('errorReason (reference, 3.5)', () => {
  test.each(cases)('%s: %s, %i', (reason, _, status, type, message, param) => {
    expect(errorReason({ status, type, message, param: param ?? null, code: status, keyHash })).toBe(reason);
  });

  test('a 401 that names another hash than the target is about us', () => {
    const message = `Authentication Error, key=${'c'.repeat(64)}, not found in db.`;
    const answer = { status: 401, type: 'token_not_found_in_db', message, param: 'key', code: 401 };
    expect(errorReason({ ...answer, keyHash })).toBe('master_key_refused');
    expect(errorReason({ ...answer, keyHash: undefined })).toBe('master_key_refused');
  });
});
