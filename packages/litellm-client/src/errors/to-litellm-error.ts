import { isHTTPError, isNetworkError, isTimeoutError } from 'ky';
import { errorReason } from './error-reason.ts';
import { type ErrorReport, readErrorReport } from './error-report.ts';
import { LiteLlmError, type LiteLlmErrorReason } from './litellm-error.ts';
import { redact } from './redact.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What is known of a call besides its failure. */
export interface CallContext {
  timeoutMs: number;
  masterKey: string;
  keyHash: string | undefined;
  /** The secret that the body held. */
  secret: string | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Turns what ky threw into a {@link LiteLlmError}. ky's own errors are left behind: they hold the request, and with it
 * the master key and the body.
 */
export function toLiteLlmError(error: unknown, call: CallContext): LiteLlmError {
  if (error instanceof LiteLlmError) return error;
  if (isHTTPError(error)) return fromAnswer(error.response, readErrorReport(error.data), call);
  if (isTimeoutError(error)) return new LiteLlmError('timeout', `LiteLLM did not answer within ${call.timeoutMs} ms.`);
  if (call.signal?.aborted) {
    return new LiteLlmError('aborted', 'The call to LiteLLM was aborted.', { cause: call.signal.reason });
  }
  if (error instanceof SyntaxError) return notLiteLlm(200, 'what it answered is no JSON'); // its text quotes the body
  const cause = isNetworkError(error) ? error.cause : error;
  const code = networkCode(cause);
  return new LiteLlmError('no_answer', `LiteLLM cannot be reached${code ? ` (${code})` : ''}.`, { cause });
}

function fromAnswer(response: Response, report: ErrorReport | undefined, call: CallContext): LiteLlmError {
  const { status } = response;
  if (!report) {
    return status >= 500
      ? new LiteLlmError('server_error', `LiteLLM, or what stands before it, answered ${status}.`, { status })
      : notLiteLlm(status, `it answered ${status} in a form that LiteLLM does not use`);
  }
  const reason = errorReason({ ...report, status, keyHash: call.keyHash });
  const secrets = call.secret ? [call.masterKey, call.secret] : [call.masterKey];
  const told = redact(report.message, secrets);
  return new LiteLlmError(reason, describe(reason, status, told), {
    status,
    type: report.type && redact(report.type, secrets),
    param: report.param && redact(report.param, secrets),
    retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after'), Date.now()),
  });
}

/** LiteLLM's own words for a refusal; for the rest, who has to do something about it. */
function describe(reason: LiteLlmErrorReason, status: number, told: string): string {
  const quoted = told ? `: ${told}` : '.';
  switch (reason) {
    case 'master_key_refused':
      return `LiteLLM refused the master key (${status}): check the configured master key${quoted}`;
    case 'database_down':
      return `LiteLLM has no connection to its database (${status})${quoted}`;
    case 'server_error':
    case 'rate_limited':
    case 'no_models':
      return `LiteLLM answered ${status}${quoted}`;
    case 'no_route':
      return `LiteLLM has no such route (${status}): this version lacks it, or the base URL's path is wrong.`;
    case 'not_litellm':
      return notLiteLlm(status, `it answered ${status}${quoted}`).message;
    default:
      return told || `LiteLLM answered ${status}.`;
  }
}

/** For an answer that cannot be LiteLLM's. */
export function notLiteLlm(status: number, why: string): LiteLlmError {
  return new LiteLlmError('not_litellm', `This is not LiteLLM, check the base URL: ${why}`, { status });
}

/** `ECONNREFUSED` and the like: enough to know what is wrong, without addresses. */
export function networkCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
