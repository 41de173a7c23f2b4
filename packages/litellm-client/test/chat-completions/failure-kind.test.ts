import type { GatewayFailureKind } from '@keywright/core';
import { describe, expect, test } from 'vitest';
import { readFailure, readStreamFailure } from '../../src/chat-completions/read-failure.ts';

const hash = 'b'.repeat(64);
const nowMs = Date.parse('2026-11-21T06:00:00Z');

interface Case {
  kind: GatewayFailureKind;
  status: number;
  /** `null` as well as `"None"` occur; see {@link e1}. */
  type: string | null;
  message: string;
  headers?: Record<string, string>;
  wait?: number;
}

const e1 = (type: string | null, message: string, status: number) => ({
  error: { message, type, param: 'None', code: String(status) },
});

function read({ status, type, message, headers = {} }: Case) {
  return readFailure({ status, body: e1(type, message, status), headers, nowMs, secrets: [] });
}

const budget = 'Budget has been exceeded! Key=ns/k/1 (sk-...abcd) Current cost: 0.144, Max budget: 0.1';
const openAi = (errorClass: string, status: number) =>
  `litellm.${errorClass}: OpenAIException - upstream says ${status}`;
const cooldown = 'No deployments available for selected model, Try again in 5 seconds. Passed model=fake-pair.';
const limited = `Rate limit exceeded for api_key: ${hash}. Limit type: requests. Current limit: 1, Remaining: 0.`;

/** One for each row of the reference's table 3.4, in each form that a version gives it. */
const rows: Record<string, Case[]> = {
  '1 BUDGET_EXCEEDED': [
    { kind: 'budget_exceeded', status: 400, type: 'budget_exceeded', message: budget },
    { kind: 'budget_exceeded', status: 402, type: 'budget_exceeded', message: budget },
    { kind: 'budget_exceeded', status: 429, type: 'budget_exceeded', message: budget },
    { kind: 'budget_exceeded', status: 422, type: 'budget_exceeded', message: 'Team=t Current cost: 1, Max budget: 1' },
    { kind: 'budget_exceeded', status: 422, type: 'budget_exceeded', message: 'ExceededBudget: User=u over budget.' },
  ],
  '2 KEY_UNKNOWN': [
    {
      kind: 'key_unknown',
      status: 401,
      type: 'token_not_found_in_db',
      message: `Authentication Error, Invalid proxy server token passed. Received API Key = sk-...5d6f, Key Hash (Token) =${hash}.`,
    },
    {
      kind: 'key_unknown',
      status: 401,
      type: 'token_not_found_in_db',
      message: 'Authentication Error, Invalid API key provided.',
    },
  ],
  '3 KEY_EXPIRED': [
    { kind: 'key_expired', status: 400, type: 'expired_key', message: 'Authentication Error - Expired Key.' },
    { kind: 'key_expired', status: 401, type: 'expired_key', message: 'Authentication Error - Expired Key.' },
  ],
  '4 KEY_BLOCKED': [
    {
      kind: 'key_blocked',
      status: 401,
      type: 'auth_error',
      message: "Authentication Error, Key is blocked. Update via `/key/unblock` if you're admin.",
    },
    {
      kind: 'key_blocked',
      status: 401,
      type: 'auth_error',
      message: 'Authentication Error, Team=ns/t is blocked. Update via `/team/unblock` if your admin.',
    },
  ],
  '5 NO_KEY': [
    { kind: 'gateway_down', status: 401, type: 'auth_error', message: 'Authentication Error, No api key passed in.' },
  ],
  '6 MALFORMED_KEY': [
    {
      kind: 'gateway_down',
      status: 401,
      type: 'auth_error',
      message: "LiteLLM Virtual Key expected. Received=xyz, expected to start with 'sk-'.",
    },
    {
      kind: 'gateway_down',
      status: 401,
      type: 'auth_error',
      message: "Authentication Error, LiteLLM Virtual Key expected. Received=xyz, expected to start with 'sk-'.",
    },
  ],
  '7 MODEL_DENIED': [
    {
      kind: 'model_denied',
      status: 401,
      type: 'key_model_access_denied',
      message: "key not allowed to access model. This key can only access models=['a']. Tried to access b",
    },
    {
      kind: 'model_denied',
      status: 403,
      type: 'team_model_access_denied',
      message: "The requested model 'b' is not available for this API key, or the model name is invalid.",
    },
    {
      kind: 'model_denied',
      status: 403,
      type: null,
      message: "The requested model 'b' is not available for this API key, or the model name is invalid.",
    },
  ],
  '8 RATE_LIMITED_KEY': [
    { kind: 'rate_limited', status: 429, type: 'None', message: limited, headers: { 'retry-after': '60' }, wait: 60 },
    {
      kind: 'rate_limited',
      status: 429,
      type: 'throttling_error',
      message: limited,
      headers: { 'retry-after': '60' },
      wait: 60,
    },
    {
      kind: 'rate_limited',
      status: 429,
      type: 'throttling_error',
      message: 'Rate limit exceeded for model_per_key: x. Limit type: max_parallel_requests.',
    },
  ],
  '9 COOLDOWN': [
    { kind: 'upstream_rate_limited', status: 429, type: 'None', message: cooldown, wait: 5 },
    {
      kind: 'upstream_rate_limited',
      status: 429,
      type: 'all_deployments_in_cooldown',
      message: cooldown,
      headers: { 'retry-after': '7' },
      wait: 7,
    },
  ],
  '10 UPSTREAM_RATE_LIMITED': [
    { kind: 'upstream_rate_limited', status: 429, type: 'throttling_error', message: openAi('RateLimitError', 429) },
    {
      kind: 'upstream_rate_limited',
      status: 429,
      type: 'throttling_error',
      message: openAi('RateLimitError', 429),
      headers: { 'llm_provider-retry-after': '7' },
      wait: 7,
    },
    { kind: 'upstream_rate_limited', status: 429, type: null, message: openAi('RateLimitError', 429) },
  ],
  '11 UPSTREAM_AUTH': [
    { kind: 'upstream_auth', status: 401, type: null, message: openAi('AuthenticationError', 401) },
    { kind: 'upstream_auth', status: 401, type: 'authentication_error', message: openAi('AuthenticationError', 401) },
    { kind: 'upstream_auth', status: 401, type: 'authentication_error', message: 'the provider said no' },
  ],
  '12 UPSTREAM_DENIED': [
    { kind: 'upstream_auth', status: 403, type: null, message: openAi('APIError', 403) },
    { kind: 'upstream_auth', status: 403, type: 'permission_error', message: openAi('APIError', 403) },
    { kind: 'upstream_auth', status: 403, type: 'permission_error', message: 'the provider said no' },
  ],
  '13 UPSTREAM_ERROR': [
    ...[null, 'internal_server_error'].flatMap((type): Case[] => [
      { kind: 'upstream_error', status: 500, type, message: openAi('InternalServerError', 500) },
      { kind: 'upstream_error', status: 502, type, message: openAi('BadGatewayError', 502) },
      { kind: 'upstream_error', status: 503, type, message: openAi('ServiceUnavailableError', 503) },
      { kind: 'upstream_error', status: 504, type, message: openAi('Timeout', 504) },
      { kind: 'upstream_error', status: 408, type, message: openAi('Timeout', 408) },
    ]),
    { kind: 'upstream_error', status: 500, type: 'internal_server_error', message: 'something broke' },
  ],
  '14 AUTH_DB_DOWN': [
    {
      kind: 'gateway_down',
      status: 401,
      type: 'auth_error',
      message: "Authentication Error, Can't reach database server at `127.0.0.1:5432`",
    },
    {
      kind: 'gateway_down',
      status: 503,
      type: 'no_db_connection',
      message: 'Service Unavailable, the authentication database is unavailable.',
    },
    {
      kind: 'gateway_down',
      status: 500,
      type: 'internal_server_error',
      message: "{'error': 'DB not connected. See docs'}",
    },
  ],
  '15 rest': [
    {
      kind: 'invalid_request',
      status: 400,
      type: 'None',
      message: "{'error': '/chat/completions: Invalid model name passed in model=nope.'}",
    },
    {
      kind: 'invalid_request',
      status: 400,
      type: 'invalid_request_error',
      message: '/chat/completions: Invalid model name passed in model=nope.',
    },
    { kind: 'upstream_error', status: 500, type: 'None', message: "acompletion() missing 1 argument: 'messages'" },
    { kind: 'upstream_rate_limited', status: 429, type: null, message: 'slow down' },
    { kind: 'gateway_down', status: 401, type: 'auth_error', message: 'Authentication Error, something new' },
    { kind: 'gateway_down', status: 503, type: 'auth_provider_unavailable', message: 'x' },
    { kind: 'upstream_error', status: 402, type: 'invalid_request_error', message: 'payment required' },
  ],
  'a provider refuses the request': [
    { kind: 'invalid_request', status: 400, type: null, message: openAi('BadRequestError', 400) },
    { kind: 'invalid_request', status: 400, type: 'fake_error', message: openAi('BadRequestError', 400) },
    { kind: 'invalid_request', status: 404, type: null, message: openAi('NotFoundError', 404) },
    { kind: 'invalid_request', status: 413, type: null, message: openAi('APIError', 413) },
    { kind: 'invalid_request', status: 422, type: 'fake_error', message: openAi('BadRequestError', 422) },
    { kind: 'upstream_error', status: 409, type: null, message: openAi('APIError', 409) },
  ],
  'a provider uses words of LiteLLM': [
    { kind: 'invalid_request', status: 400, type: 'budget_exceeded', message: openAi('BadRequestError', 400) },
    { kind: 'invalid_request', status: 422, type: 'budget_exceeded', message: openAi('BadRequestError', 422) },
    { kind: 'upstream_error', status: 402, type: null, message: openAi('APIError', 402) },
    { kind: 'upstream_error', status: 402, type: 'invalid_request_error', message: openAi('APIError', 402) },
    { kind: 'invalid_request', status: 400, type: 'expired_key', message: openAi('BadRequestError', 400) },
    { kind: 'invalid_request', status: 400, type: 'token_not_found_in_db', message: openAi('BadRequestError', 400) },
    { kind: 'upstream_auth', status: 401, type: null, message: 'litellm.AuthenticationError: Key is blocked' },
    {
      kind: 'upstream_rate_limited',
      status: 429,
      type: null,
      message: 'litellm.RateLimitError: Rate limit exceeded for api_key: theirs',
    },
  ],
};

describe.each(Object.entries(rows))('%s', (_, cases) => {
  test.each(cases)('$status $type -> $kind', (one) => {
    expect(read(one)).toMatchObject({ kind: one.kind, status: one.status, retryAfterSeconds: one.wait ?? null });
  });
});

describe('other envelopes', () => {
  const kindOf = (status: number, body: unknown) => readFailure({ status, body, headers: {}, nowMs, secrets: [] }).kind;

  test.each([
    [
      'a route outside the type of the key',
      403,
      { detail: 'Virtual key is not allowed to call this route.' },
      'invalid_request',
    ],
    ['a wrong path prefix', 404, { detail: 'Not Found' }, 'gateway_down'],
    ['HTML of a load balancer', 502, undefined, 'gateway_down'],
    ['HTML, 404', 404, undefined, 'gateway_down'],
    ['HTML, 401', 401, undefined, 'gateway_down'],
    ['a body that a load balancer finds too large', 413, undefined, 'invalid_request'],
    ['too many calls for a load balancer', 429, undefined, 'upstream_rate_limited'],
    ['a redirect', 302, undefined, 'gateway_down'],
    ['a page with status 200', 200, undefined, 'gateway_down'],
    ['a body that the proxy cannot read', 422, { detail: [{ loc: ['body'], msg: 'wrong' }] }, 'invalid_request'],
  ])('%s', (_, status, body, kind) => {
    expect(kindOf(status, body)).toBe(kind);
  });

  test('param is the field that a provider complains of', () => {
    const body = { error: { message: openAi('BadRequestError', 400), type: null, param: 'max_tokens', code: '400' } };
    expect(readFailure({ status: 400, body, headers: {}, nowMs, secrets: [] }).param).toBe('max_tokens');
    expect(read({ kind: 'invalid_request', status: 400, type: null, message: 'x' }).param).toBeNull();
  });

  test('a message is never empty', () => {
    expect(readFailure({ status: 502, body: undefined, headers: {}, nowMs, secrets: [] }).message).toMatch(/502/);
  });
});

describe('an error inside a stream (E5)', () => {
  const message = 'litellm.APIConnectionError: APIConnectionError: OpenAIException - Connection error.';

  test.each([
    ['1.104.0', { message, type: null, param: null, code: '500' }],
    ['1.109.1', { message, type: 'internal_server_error', param: null, code: '500' }],
    ['without a class', { message: 'broken', type: 'None', param: 'None', code: '500' }],
    ['bare text', 'broken'],
    ['nonsense', 7],
  ])('%s is an upstream error or an unusable answer', (name, error) => {
    const failure = readStreamFailure(error, []);
    expect(failure).toMatchObject({ kind: name === 'nonsense' ? 'gateway_down' : 'upstream_error', status: 500 });
  });

  test('its code stands for the status', () => {
    const error = { message: openAi('RateLimitError', 429), type: 'throttling_error', param: null, code: '429' };
    expect(readStreamFailure(error, [])).toMatchObject({ kind: 'upstream_rate_limited', status: 429 });
    expect(readStreamFailure({ ...error, code: '200' }, []).status).toBe(500);
  });
});
