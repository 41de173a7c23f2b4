import { KeywrightError } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';

/**
 * `gateway_refused` when LiteLLM said no, with its reason; `gateway_unavailable` when the outcome is unknown or the
 * trouble is not the caller's, our own master key included. What is neither, a bug of ours, stays as it is.
 */
function toKeywrightError(error: unknown): unknown {
  if (!(error instanceof LiteLlmError)) return error;
  const seconds = error.retryAfterSeconds;
  return new KeywrightError(error.refused ? 'gateway_refused' : 'gateway_unavailable', error.message, {
    cause: error,
    ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
  });
}

/** The result of a call of LiteLLM, whose failure core understands. */
export async function orKeywrightError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toKeywrightError(error);
  }
}
