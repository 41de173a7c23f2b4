import type { RelayRefusal } from '@keywright/core';
import type { HttpAnswer } from '../http-message.ts';
import type { Route, RouteCall } from '../route.ts';
import type { DataPlaneCode } from './data-plane-codes.ts';
import { dataPlaneErrorAnswer } from './data-plane-error.ts';
import { describeRefusal } from './gateway-errors.ts';

type Definition = Omit<Route, 'group' | 'caller' | 'errors'> & { errors: readonly DataPlaneCode[] };

const verifyCodes = [
  'invalid_api_key',
  'api_key_expired',
  'api_key_blocked',
  'subscription_inactive',
  'account_inactive',
  'permission_denied',
  'ip_not_allowed',
  'tenant_mismatch',
  'gateway_unavailable',
  'internal_error',
] as const;

/** A route for the holders of API keys. */
export function dataPlaneRoute(definition: Definition): Route {
  return {
    ...definition,
    group: 'data-plane',
    caller: 'api-key',
    errors: [...verifyCodes, ...definition.errors],
  };
}

/** Refuses a call; what is the platform's fault rather than the caller's is noted for whoever runs it. */
export function refuseCall(call: RouteCall, refusal: RelayRefusal): HttpAnswer {
  const error = describeRefusal(refusal);
  if (error.status >= 500 && refusal.by === 'gateway') {
    const { failure } = refusal;
    const fields =
      failure === 'gateway_key_missing' ? {} : { kind: failure.kind, status: failure.status, said: failure.message };
    call.host.note('A call was not served', { code: error.code, ...fields });
  }
  return dataPlaneErrorAnswer(error);
}
