/** Reasons for which LiteLLM said no and changed nothing. */
export const refusalReasons = [
  'validation',
  'bad_duration',
  'alias_taken',
  'alias_ambiguous',
  'limit_over_bound',
  'not_found',
  'already_exists',
  'already_member',
  'not_member',
  'not_applied',
  'custom_key_disabled',
  'enterprise_required',
  'refused',
] as const;

/** Reasons that say nothing of the request itself; after most of them it is unknown whether something was changed. */
export const outageReasons = [
  'master_key_refused',
  'rate_limited',
  'no_models',
  'database_down',
  'server_error',
  'no_answer',
  'timeout',
  'aborted',
  'circuit_open',
  'inconsistent_pages',
  'no_route',
  'not_litellm',
] as const;

export type LiteLlmRefusalReason = (typeof refusalReasons)[number];
export type LiteLlmOutageReason = (typeof outageReasons)[number];

/**
 * Why a call of the management API failed: LiteLLM's reference, table 3.5, as a closed set.
 *
 * - `validation` the body or query was wrong; `bad_duration` a duration that LiteLLM cannot read
 * - `alias_taken`, `alias_ambiguous`, `already_exists` the name or id is in use
 * - `already_member`, `not_member` of a team: nothing had to be done
 * - `not_applied` LiteLLM answered 200 and left something as it was
 * - `limit_over_bound` above a bound of LiteLLM's own configuration
 * - `not_found` LiteLLM does not hold it
 * - `custom_key_disabled`, `enterprise_required` switched off, or not licensed, there
 * - `refused` any other 4xx
 * - `master_key_refused` our own key is not LiteLLM's master key, or has not the rights of one
 * - `rate_limited` 429, 408 or 425: later
 * - `no_models` LiteLLM has no model configured
 * - `database_down`, `server_error` LiteLLM is in trouble
 * - `no_answer`, `timeout`, `aborted` nothing came back: unreachable, too slow, or ended by the caller's signal
 * - `circuit_open` nothing was sent: the calls before failed
 * - `inconsistent_pages` a list changed while its pages were read, so that rows may be missing
 * - `no_route` this version lacks the route, or the base URL's path is wrong
 * - `not_litellm` something answered, but not LiteLLM: a load balancer, or the base URL is wrong
 */
export type LiteLlmErrorReason = LiteLlmRefusalReason | LiteLlmOutageReason;

/** What is known of a failed call. */
export interface LiteLlmErrorDetails {
  /** The HTTP status; null when there was no answer. */
  status?: number | null;
  /** LiteLLM's `error.type`, often wrong on these routes. */
  type?: string | null;
  param?: string | null;
  retryAfterSeconds?: number | null;
  cause?: unknown;
}

/**
 * A failed call of LiteLLM's management API. The message is LiteLLM's own reason, unwrapped and with secrets blanked;
 * nothing on it, `cause` included, holds a secret: requests and their headers are left out on purpose.
 *
 * @example
 * try { await client.keys.info(hash) }
 * catch (error) {
 *   if (error instanceof LiteLlmError && error.reason === 'not_found') ...
 * }
 */
export class LiteLlmError extends Error {
  readonly reason: LiteLlmErrorReason;
  readonly status: number | null;
  readonly type: string | null;
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(reason: LiteLlmErrorReason, message: string, details: LiteLlmErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LiteLlmError';
    this.reason = reason;
    this.status = details.status ?? null;
    this.type = details.type ?? null;
    this.param = details.param ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }

  /** Whether LiteLLM said no, so that nothing was changed. Otherwise the outcome is unknown, or the trouble passes. */
  get refused(): boolean {
    return refusalReasons.some((reason) => reason === this.reason);
  }
}
