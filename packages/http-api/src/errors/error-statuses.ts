import type { ErrorCode } from '@keywright/core';

/** How a code looks on the wire. */
export interface ErrorStatus {
  status: number;
  /** One phrase, the same for every occurrence. */
  title: string;
}

/** The one table from codes to HTTP. A new code in core does not compile until it has its line here. */
export const errorStatuses: Readonly<Record<ErrorCode, ErrorStatus>> = {
  validation_failed: { status: 400, title: 'The input is not valid' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Not allowed' },
  subscription_inactive: { status: 403, title: 'The subscription is not active' },
  user_inactive: { status: 403, title: 'The user is deactivated' },
  tenant_inactive: { status: 403, title: 'The tenant is deactivated' },
  model_not_in_subscription: { status: 403, title: 'The subscription does not hold this model' },
  limit_above_maximum: { status: 403, title: 'The limit is above its maximum' },
  key_not_found: { status: 404, title: 'No such API key' },
  subscription_not_found: { status: 404, title: 'No such subscription' },
  user_not_found: { status: 404, title: 'No such user' },
  tenant_not_found: { status: 404, title: 'No such tenant' },
  sync_task_not_found: { status: 404, title: 'No such entry' },
  route_not_found: { status: 404, title: 'No such route' },
  method_not_allowed: { status: 405, title: 'The route has no such method' },
  key_limit_reached: { status: 409, title: 'Too many API keys' },
  key_not_active: { status: 409, title: 'The API key cannot be changed' },
  rotation_in_progress: { status: 409, title: 'A rotation of the API key is not over' },
  tenant_exists: { status: 409, title: 'The tenant is there already' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used for another request' },
  idempotency_in_progress: { status: 409, title: 'The first request is still running' },
  invalid_transition: { status: 409, title: 'This status cannot follow' },
  subscription_in_use: { status: 409, title: 'API keys hang on the subscription' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is not JSON' },
  gateway_refused: { status: 422, title: 'LiteLLM refuses' },
  configuration_invalid: { status: 500, title: 'The server is not set up' },
  internal_error: { status: 500, title: 'The server failed' },
  gateway_unavailable: { status: 503, title: 'LiteLLM does not answer' },
  storage_unavailable: { status: 503, title: 'The database does not answer' },
  schema_mismatch: { status: 503, title: 'The database is not up to date' },
};

/** When a 503 may be tried again, in seconds, where the error does not say. */
export const defaultRetryAfterSeconds = 5;
