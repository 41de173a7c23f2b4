import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import type { Deployment } from '../models/catalogue.ts';
import { upstreamErrorHeaders } from './model-headers.ts';
import type { Steering } from './steering.ts';

interface ErrorKind {
  name: string;
  type: string;
}

/** LiteLLM's exception and `type` for each status of a provider. */
const kinds: Record<number, ErrorKind> = {
  401: { name: 'AuthenticationError', type: 'authentication_error' },
  402: { name: 'APIError', type: 'invalid_request_error' },
  403: { name: 'APIError', type: 'permission_error' },
  404: { name: 'NotFoundError', type: 'invalid_request_error' },
  408: { name: 'Timeout', type: 'internal_server_error' },
  429: { name: 'RateLimitError', type: 'throttling_error' },
  500: { name: 'InternalServerError', type: 'internal_server_error' },
  502: { name: 'BadGatewayError', type: 'internal_server_error' },
  503: { name: 'ServiceUnavailableError', type: 'internal_server_error' },
  504: { name: 'Timeout', type: 'internal_server_error' },
};

/** The `type` in the pretended provider's own error body. */
const providerType = 'stand_in_error';

function typeOf(call: Call, status: number, kind: ErrorKind): string | null {
  // The provider's own type passes through for what it calls a bad request.
  if (status === 422) return providerType;
  if (status === 429) return kind.type;
  if (call.proxy.profile.upstreamErrorType === 'null') return null;
  return status === 400 ? providerType : kind.type;
}

function suffix({ proxy: { profile } }: Call, { name }: Deployment): string {
  if (profile.upstreamErrorSuffix === 'received') {
    return `. Received Model Group=${name}\nAvailable Model Group Fallbacks=None`;
  }
  return `\n\nLiteLLM: model group '${name}' failed with the error above. No fallback was attempted.`;
}

/** What a caller sees when the provider refuses. The start of the message tells it from LiteLLM's own errors. */
export function upstreamError(call: Call, model: Deployment, status: number, steering: Steering): Error {
  const { profile, cooldowns, now } = call.proxy;
  cooldowns.failed(model, status, now());
  const fallback = { name: status < 500 ? 'BadRequestError' : 'APIError', type: 'internal_server_error' };
  const kind = kinds[status] ?? fallback;
  const wait = steering.retryAfter;
  return errorEnvelope({
    status,
    message: `litellm.${kind.name}: ${kind.name}: OpenAIException - stand-in upstream says ${status}${suffix(call, model)}`,
    type: typeOf(call, status, kind),
    param: profile.authParam,
    headers: {
      ...upstreamErrorHeaders(call, status, model),
      ...(wait !== null && profile.providerRetryAfter && { 'llm_provider-retry-after': wait }),
    },
  });
}
