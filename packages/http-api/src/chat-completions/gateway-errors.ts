import type { GatewayFailure, GatewayFailureKind, RelayRefusal } from '@keywright/core';
import { defaultRetryAfterSeconds } from '../errors/error-statuses.ts';
import type { DataPlaneError } from './data-plane-error.ts';
import { verifyErrors } from './verify-errors.ts';

/** Failures that are told in our words alone: LiteLLM's hold figures, hashes and aliases of the key. */
type OwnWords = Exclude<GatewayFailureKind, 'upstream_error' | 'invalid_request'> | 'gateway_key_missing';

const keyMissing: DataPlaneError = {
  status: 503,
  type: 'api_error',
  code: 'gateway_key_missing',
  message: 'LiteLLM does not hold this API key at the moment. Try again later; if it stays so, create another key.',
};

const gatewayErrors: Readonly<Record<OwnWords, DataPlaneError>> = {
  budget_exceeded: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'The budget that this API key draws on is spent.',
  },
  key_unknown: keyMissing,
  gateway_key_missing: keyMissing,
  key_expired: verifyErrors.expired,
  key_blocked: verifyErrors.blocked,
  model_denied: verifyErrors.model_not_allowed,
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'A rate limit of this API key is reached. Try again later.',
    retryAfterSeconds: defaultRetryAfterSeconds,
  },
  upstream_rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    code: 'upstream_rate_limited',
    message: "The model's provider takes no more calls at the moment. Try again later.",
    retryAfterSeconds: defaultRetryAfterSeconds,
  },
  upstream_auth: {
    status: 502,
    type: 'api_error',
    code: 'upstream_error',
    message: "The model's provider refused the platform's credentials. Your API key is not at fault.",
  },
  gateway_down: {
    status: 503,
    type: 'api_error',
    code: 'gateway_unavailable',
    message: 'The gateway does not answer. Try again later.',
  },
};

const passedStatuses = [400, 404, 413, 422];
const upstreamStatuses = [502, 503, 504];
/** A key's hash, such as LiteLLM puts into some of its own messages. */
const hash = /\b[0-9a-f]{64}\b/gi;

/** Why a call was refused, as the caller sees it. */
export function describeRefusal(refusal: RelayRefusal): DataPlaneError {
  if (refusal.by === 'verify') return verifyErrors[refusal.reason];
  return refusal.failure === 'gateway_key_missing' ? keyMissing : describeFailure(refusal.failure);
}

/** What LiteLLM or a provider did, as the caller sees it. */
export function describeFailure(failure: GatewayFailure): DataPlaneError {
  const { kind } = failure;
  if (kind === 'upstream_error') return upstreamError(failure);
  if (kind === 'invalid_request') return invalidRequest(failure);
  const error = gatewayErrors[kind];
  const isEarlier = error.status === 429 && error.code !== 'insufficient_quota' && failure.retryAfterSeconds !== null;
  return isEarlier ? { ...error, retryAfterSeconds: failure.retryAfterSeconds ?? defaultRetryAfterSeconds } : error;
}

function upstreamError({ status, message }: GatewayFailure): DataPlaneError {
  return {
    status: upstreamStatuses.includes(status) ? status : 502,
    type: 'api_error',
    code: 'upstream_error',
    message: passText(message),
  };
}

/** A status that says nothing about the request itself (403 for the key's type, 405) is the platform's to repair. */
function invalidRequest({ status, message, param }: GatewayFailure): DataPlaneError {
  if (!passedStatuses.includes(status)) {
    return { status: 502, type: 'api_error', code: 'upstream_error', message: 'The gateway did not take the call.' };
  }
  return { status, type: 'invalid_request_error', code: 'invalid_request', message: passText(message), param };
}

function passText(message: string): string {
  return message.replace(hash, '[redacted]');
}
