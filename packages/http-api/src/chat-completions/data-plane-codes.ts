/** Every `error.code` that a call with an API key can be answered with. Stable. */
export const dataPlaneCodes = [
  'invalid_api_key',
  'api_key_expired',
  'api_key_blocked',
  'subscription_inactive',
  'account_inactive',
  'model_not_allowed',
  'model_not_found',
  'permission_denied',
  'ip_not_allowed',
  'tenant_mismatch',
  'rate_limit_exceeded',
  'insufficient_quota',
  'gateway_key_missing',
  'upstream_rate_limited',
  'upstream_error',
  'invalid_request',
  'gateway_unavailable',
  'validation_failed',
  'route_not_found',
  'method_not_allowed',
  'body_too_large',
  'unsupported_media_type',
  'internal_error',
] as const;

export type DataPlaneCode = (typeof dataPlaneCodes)[number];

/** Which statuses each code comes with: more than one where a provider's own status passes. */
export const dataPlaneStatuses: Readonly<Record<DataPlaneCode, readonly number[]>> = {
  invalid_api_key: [401],
  api_key_expired: [401],
  api_key_blocked: [403],
  subscription_inactive: [403],
  account_inactive: [403],
  model_not_allowed: [403],
  model_not_found: [404],
  permission_denied: [403],
  ip_not_allowed: [403],
  tenant_mismatch: [403],
  rate_limit_exceeded: [429],
  insufficient_quota: [429],
  gateway_key_missing: [503],
  upstream_rate_limited: [429],
  upstream_error: [502, 503, 504],
  invalid_request: [400, 404, 413, 422],
  gateway_unavailable: [503],
  validation_failed: [400],
  route_not_found: [404],
  method_not_allowed: [405],
  body_too_large: [413],
  unsupported_media_type: [415],
  internal_error: [500],
};

export function isDataPlaneCode(code: string): code is DataPlaneCode {
  return dataPlaneCodes.some((known) => known === code);
}
