import type { GatewayFailureKind } from '@keywright/core';
import { isDatabaseText } from '../errors/database-down.ts';

/** What tells the meanings of a failed call of the data plane apart. */
export interface RefusedCall {
  status: number;
  type: string | null;
  /** Unwrapped, not redacted. */
  message: string;
  /** Whether the answer had one of LiteLLM's error envelopes. */
  readable: boolean;
}

/**
 * LiteLLM's own word for what a provider did, `litellm.RateLimitError: ...`. It goes before everything else: behind it
 * the status and even `error.type` are the provider's (reference, 3.4), so a provider's 402, 401 or a type
 * `budget_exceeded` must not be read as LiteLLM's opinion of the key.
 */
const providerError = /^litellm\.([A-Z]\w*)/;

const invalidStatuses = new Set([400, 404, 413, 422]);
const ownRefusals = new Set([400, 403, 404, 405, 409, 413, 415, 422]);
const keyBlocked = /\b(Key is blocked|Team=\S+ is blocked)/;
const noKey = /No api key passed in|LiteLLM Virtual Key expected/i;
const modelDenied = /not allowed to access model|is not available for this API key/i;

/**
 * The classes of the reference's table 3.4, in its order; first match wins. Old and new forms stand side by side: up to
 * 1.92 many types are null or "None", so the beginning of the message is the second criterion.
 */
const rules: readonly [kind: GatewayFailureKind, when: (call: RefusedCall) => boolean][] = [
  // what is no answer of LiteLLM: a load balancer, a redirect, FastAPI's "no such route" for a wrong base URL
  // (but a body too large, or too many calls, mean the same whoever says it)
  ['gateway_down', ({ readable, status }) => status < 400 || (!readable && status !== 413 && status !== 429)],
  ['gateway_down', ({ status, message }) => status === 404 && message === 'Not Found'],
  // 1: 400 on 1.81.12, 429 on 1.92.2, 422 from 1.104.0 on
  ['budget_exceeded', ({ type, status }) => type === 'budget_exceeded' && status < 500],
  // 2, 3
  ['key_unknown', ({ type }) => type === 'token_not_found_in_db'],
  ['key_expired', ({ type }) => type === 'expired_key'],
  // 4
  ['key_blocked', ({ status, message }) => status === 401 && keyBlocked.test(message)],
  // 5, 6: we did send a key, so it was lost or mangled on the way. Nothing is wrong with the key
  ['gateway_down', ({ status, message }) => status === 401 && noKey.test(message)],
  // 7: 401 on 1.81.12, 403 later
  ['model_denied', ({ type }) => type?.endsWith('_model_access_denied') === true],
  ['model_denied', ({ status, message }) => (status === 401 || status === 403) && modelDenied.test(message)],
  // 8: before the type, which a provider's 429 has as well
  ['rate_limited', ({ status, message }) => status === 429 && message.startsWith('Rate limit exceeded for ')],
  // 9, 10: cooldown and provider; and a 429 of anybody else behind us
  ['upstream_rate_limited', ({ status }) => status === 429],
  // 14: before every other 401, because 1.81.12 answers an outage of its database with one
  ['gateway_down', ({ type, message }) => type === 'no_db_connection' || isDatabaseText(message)],
  // 11, 12 where LiteLLM names the type but not the class
  ['upstream_auth', ({ type }) => type === 'authentication_error' || type === 'permission_error'],
  // 13
  ['upstream_error', ({ type, status }) => status >= 500 && type === 'internal_server_error'],
  // 15: by status
  ['invalid_request', ({ status }) => ownRefusals.has(status)],
  ['gateway_down', ({ status }) => status === 401 || status === 502 || status === 503 || status === 504],
];

export function failureKind(call: RefusedCall): GatewayFailureKind {
  const provider = providerError.exec(call.message)?.[1];
  if (call.readable && provider) return providerFailure(provider, call.status);
  return rules.find(([, when]) => when(call))?.[0] ?? 'upstream_error';
}

/** Rows 10 to 13, and the provider's own refusals of the request. */
function providerFailure(errorClass: string, status: number): GatewayFailureKind {
  if (errorClass === 'RateLimitError' || status === 429) return 'upstream_rate_limited';
  if (/^(Authentication|PermissionDenied)Error$/.test(errorClass) || status === 401 || status === 403)
    return 'upstream_auth';
  return invalidStatuses.has(status) ? 'invalid_request' : 'upstream_error';
}
