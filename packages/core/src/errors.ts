import { plainLine } from './redact.ts';

/**
 * Every code that a {@link KeywrightError} can carry. Codes are stable: switch on them, not on messages. Each has an
 * entry in docs/errors.md.
 */
export const errorCodes = [
  'validation_failed',
  'unauthenticated',
  'forbidden',
  'key_not_found',
  'subscription_not_found',
  'user_not_found',
  'tenant_not_found',
  'sync_task_not_found',
  'subscription_inactive',
  'subscription_in_use',
  'user_inactive',
  'tenant_inactive',
  'model_not_in_subscription',
  'limit_above_maximum',
  'key_limit_reached',
  'key_not_active',
  'rotation_in_progress',
  'tenant_exists',
  'idempotency_conflict',
  'idempotency_in_progress',
  'invalid_transition',
  'gateway_refused',
  'gateway_unavailable',
  'storage_unavailable',
  'schema_mismatch',
  'configuration_invalid',
  'route_not_found',
  'method_not_allowed',
  'body_too_large',
  'unsupported_media_type',
  'internal_error',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One field that was wrong: where it is (`models.0`) and what it should be. Never the value itself. */
export interface FieldError {
  path: string;
  message: string;
}

export interface KeywrightErrorOptions {
  /** What went wrong underneath. */
  cause?: unknown;
  /** For `validation_failed`: the fields. */
  errors?: readonly FieldError[];
  /** Seconds after which a repetition may succeed. */
  retryAfterSeconds?: number;
}

/**
 * The one error class of Keywright. Messages say what was wrong, what is allowed and what to do next. What looks like
 * a secret is blanked here, once for all: a message may repeat a name that a caller gave, and that may be a secret in
 * the wrong field.
 *
 * @example
 * try { await keywright.keys.create(actor, input) }
 * catch (error) {
 *   if (isKeywrightError(error) && error.code === 'key_limit_reached') ...
 * }
 */
export class KeywrightError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: KeywrightErrorOptions = {}) {
    super(plainLine(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KeywrightError';
    this.code = code;
    this.errors = (options.errors ?? []).map((error) => ({
      path: plainLine(error.path),
      message: plainLine(error.message),
    }));
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Whether a thrown value is a KeywrightError, also one of another copy of this package. */
export function isKeywrightError(error: unknown, code?: ErrorCode): error is KeywrightError {
  if (!(error instanceof Error) || error.name !== 'KeywrightError' || !('code' in error)) return false;
  return code === undefined || error.code === code;
}

/** One field is wrong in a way that a schema cannot tell. */
export function invalidField(path: string, message: string): KeywrightError {
  return new KeywrightError('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}
