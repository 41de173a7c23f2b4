import { isKeywrightError, KeywrightError } from '@keywright/core';
import { errorStatuses } from './error-statuses.ts';

/** What nobody foresaw becomes `internal_error`, whose text says nothing of the inside. */
export function toKeywrightError(error: unknown): KeywrightError {
  // another copy of core may be newer and have codes that this one cannot tell the status of
  if (isKeywrightError(error) && Object.hasOwn(errorStatuses, error.code)) {
    return errorStatuses[error.code].status === 500 ? internal(error) : error;
  }
  return internal(error);
}

function internal(cause: unknown): KeywrightError {
  const message = 'The server failed. It is noted under the request id; try again, or tell whoever runs it.';
  return new KeywrightError('internal_error', message, { cause });
}
