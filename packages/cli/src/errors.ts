import { isKeywrightError, type KeywrightError } from '@keywright/core';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { oneLine } from './io.ts';

/** The command line or the environment is wrong; the message names the option or variable. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command ran, and its result is not good: a line that says what to do; empty when stdout has said it all. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Nothing failed, but the result wants a look: a line that says why; empty when stdout has said it all. */
export class Attention extends Error {
  override readonly name = 'Attention';
}

export interface ErrorReport {
  exitCode: ExitCode;
  code: string;
  /** One line; empty when there is nothing to add to stdout. */
  message: string;
}

/** How an error ends the program. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof UsageError) return report(exitCodes.wrongUsage, 'wrong_usage', error.message);
  if (error instanceof Failure) return report(exitCodes.failed, 'failed', error.message);
  if (error instanceof Attention) return report(exitCodes.attention, 'attention', error.message);
  if (isKeywrightError(error)) {
    const isUsage = error.code === 'configuration_invalid' || error.code === 'validation_failed';
    const exitCode = isUsage ? exitCodes.wrongUsage : exitCodes.failed;
    return report(exitCode, error.code, error.message + reasonOf(error) + adviceFor(error.code));
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return report(exitCodes.failed, 'unexpected', `${message} (run it with --debug to see where)`);
}

function report(exitCode: ExitCode, code: string, message: string): ErrorReport {
  return { exitCode, code, message: oneLine(message) };
}

/** What LiteLLM said: the message of a cause, when it says more than the error itself. */
function reasonOf(error: KeywrightError): string {
  if (error.code !== 'gateway_unavailable') return '';
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (isKeywrightError(cause) && !error.message.includes(cause.message)) return ` ${cause.message}`;
  }
  return '';
}

function adviceFor(code: string): string {
  if (code === 'schema_mismatch') return ' (keywright migrate status shows what is missing)';
  if (code === 'storage_unavailable') return ' (is DATABASE_URL right, and does the database run?)';
  if (code === 'gateway_unavailable')
    return ' (are LITELLM_BASE_URL and LITELLM_MASTER_KEY right, and does LiteLLM run?)';
  return '';
}
