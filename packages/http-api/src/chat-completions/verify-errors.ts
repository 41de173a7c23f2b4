import type { VerifyRefusal } from '@keywright/core';
import type { DataPlaneError } from './data-plane-error.ts';

const invalidKey: DataPlaneError = {
  status: 401,
  type: 'authentication_error',
  code: 'invalid_api_key',
  message:
    'The API key is not valid. It may have been deleted, or replaced by a rotation: use its new secret, or create another key.',
};

const accountInactive: DataPlaneError = {
  status: 403,
  type: 'permission_error',
  code: 'account_inactive',
  message: 'The account that this API key belongs to is deactivated.',
};

/** What a caller without a key is told, and one who sends two different ones. */
export const missingKey: DataPlaneError = {
  ...invalidKey,
  message: 'Send one API key, as Authorization: Bearer <key> or as X-API-Key: <key>.',
};

/** Why a key was refused. Whoever presents a key that is not known learns nothing but that. */
export const verifyErrors: Readonly<Record<VerifyRefusal, DataPlaneError>> = {
  malformed: invalidKey,
  unknown: invalidKey,
  expired: {
    status: 401,
    type: 'authentication_error',
    code: 'api_key_expired',
    message: 'The API key has expired, or was replaced by a rotation: use its new secret, or create another key.',
  },
  blocked: {
    status: 403,
    type: 'permission_error',
    code: 'api_key_blocked',
    message: 'The API key is blocked.',
  },
  subscription_inactive: {
    status: 403,
    type: 'permission_error',
    code: 'subscription_inactive',
    message: 'The subscription of this API key is not active.',
  },
  user_inactive: accountInactive,
  tenant_inactive: accountInactive,
  model_not_allowed: {
    status: 403,
    type: 'permission_error',
    code: 'model_not_allowed',
    message: 'This API key may not use this model. GET /v1/models lists those it may use.',
    param: 'model',
  },
  permission_denied: {
    status: 403,
    type: 'permission_error',
    code: 'permission_denied',
    message: 'The permissions of this API key do not cover this call.',
  },
  ip_not_allowed: {
    status: 403,
    type: 'permission_error',
    code: 'ip_not_allowed',
    message: 'This API key may not be used from this address.',
  },
  tenant_mismatch: {
    status: 403,
    type: 'permission_error',
    code: 'tenant_mismatch',
    message: 'X-Tenant-ID names another tenant than the one this API key belongs to.',
  },
};
