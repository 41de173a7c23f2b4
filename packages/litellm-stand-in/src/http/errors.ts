import { pythonErrorDict } from '../python.ts';
import type { Profile } from '../version/profile.ts';

/** An answer that is not 2xx, thrown from wherever it is decided and turned into a response by the dispatcher. */
export class ProxyError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, body: unknown, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'ProxyError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface ErrorFields {
  status: number;
  message: string;
  type: string | null;
  param: string | null;
  headers?: Record<string, string>;
}

/** `{"error": {message, type, param, code}}`, with `code` the status as a string: most routes. */
export function errorEnvelope({ status, message, type, param, headers }: ErrorFields): ProxyError {
  return new ProxyError(status, message, { error: { message, type, param, code: String(status) } }, headers);
}

/** `{"detail": …}`: FastAPI's own form, from handlers without LiteLLM's wrapper. */
export function detailError(status: number, detail: unknown): ProxyError {
  return new ProxyError(status, typeof detail === 'string' ? detail : JSON.stringify(detail), { detail });
}

/** An error that LiteLLM raises with all fields of its own. */
export function namedError(status: number, type: string, message: string, param: string | null): ProxyError {
  return errorEnvelope({ status, message, type, param });
}

/** An error of authentication: 401 `auth_error`. */
export function authError(profile: Profile, message: string): ProxyError {
  return errorEnvelope({ status: 401, message, type: 'auth_error', param: profile.authParam });
}

const typesByStatus: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** `type` of an HTTP error on management routes. */
export function typeOfStatus(profile: Profile, status: number): string {
  if (profile.managementErrorType !== 'by-status' || status >= 500) return 'internal_server_error';
  return typesByStatus[status] ?? 'invalid_request_error';
}

/** A refusal of a management route: the message is the Python text of `{'error': message}`. */
export function managementError(profile: Profile, status: number, message: string): ProxyError {
  return errorEnvelope({
    status,
    message: pythonErrorDict(message),
    type: typeOfStatus(profile, status),
    param: profile.managementParam,
  });
}

/** A refusal of a management route whose message is plain text. */
export function plainManagementError(profile: Profile, status: number, message: string): ProxyError {
  return errorEnvelope({ status, message, type: typeOfStatus(profile, status), param: profile.managementParam });
}

/** What any exception becomes that LiteLLM did not expect on a management route. */
export function unexpectedError(profile: Profile, message: string): ProxyError {
  return errorEnvelope({
    status: 500,
    message: profile.prefixesServerErrors ? `Internal Server Error, ${message}` : message,
    type: 'internal_server_error',
    param: profile.managementParam,
  });
}

/** An unexpected failure whose message is the Python text of `{'error': message}`. */
export function unexpectedRepr(profile: Profile, message: string): ProxyError {
  const text = pythonErrorDict(message);
  return errorEnvelope({ status: 500, message: text, type: 'internal_server_error', param: profile.managementParam });
}
