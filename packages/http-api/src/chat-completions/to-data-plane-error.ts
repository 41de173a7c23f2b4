import type { KeywrightError } from '@keywright/core';
import { errorStatuses } from '../errors/error-statuses.ts';
import { type DataPlaneCode, isDataPlaneCode } from './data-plane-codes.ts';
import type { DataPlaneError, DataPlaneErrorType } from './data-plane-error.ts';

/** A refusal or outage of core, in the data plane's terms: which of our parts is down is not the caller's business. */
export function toDataPlaneError(error: KeywrightError): DataPlaneError {
  const { status } = errorStatuses[error.code];
  return {
    status,
    type: errorTypeOf(status),
    code: codeOf(error, status),
    message: status === 503 ? 'The service is not available at the moment. Try again later.' : error.message,
    param: error.errors[0]?.path || null,
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
  };
}

function codeOf({ code }: KeywrightError, status: number): DataPlaneCode {
  if (status === 503) return 'gateway_unavailable';
  return isDataPlaneCode(code) ? code : 'invalid_request';
}

/** What OpenAI's clients sort errors by, beside the status. */
export function errorTypeOf(status: number): DataPlaneErrorType {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}
