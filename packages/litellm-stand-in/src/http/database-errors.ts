import type { LiteLlmProxy } from '../proxy.ts';
import { errorEnvelope, unexpectedRepr } from './errors.ts';

const unreachable = "Can't reach database server at `litellm-stand-in`:`5432`";

/**
 * Refuses a management call of a proxy that cannot reach its database.
 *
 * @throws ProxyError 500 without a database; while it is cut, by route and release 400, 500 or 503.
 */
export function requireDatabase({ database, profile }: LiteLlmProxy, path: string): void {
  if (database === 'none') {
    const text = 'DB not connected. See https://docs.litellm.ai/docs/proxy/virtual_keys';
    throw unexpectedRepr(profile, text);
  }
  if (database === 'connected') return;
  if (profile.outageOnUpdate === 503) throw databaseOutage(503);
  if (path === '/key/update') {
    const message = `Authentication Error, ${unreachable}`;
    throw errorEnvelope({ status: 400, message, type: 'auth_error', param: profile.authParam });
  }
  const message = `${profile.prefixesServerErrors ? 'Internal Server Error, ' : ''}${unreachable}`;
  throw errorEnvelope({ status: 500, message, type: 'internal_server_error', param: profile.managementParam });
}

function databaseOutage(status: number): Error {
  const message = 'Service Unavailable, the authentication database is unreachable. Please retry later.';
  return errorEnvelope({ status, message, type: 'no_db_connection', param: null });
}

/** What a proxy says that cannot look up the calling key. On 1.81.12 it looks like a refused key. */
export function cannotAuthenticate({ database, profile }: LiteLlmProxy): Error {
  if (database === 'none') {
    return errorEnvelope({ status: 400, message: 'No connected db.', type: 'no_db_connection', param: null });
  }
  if (profile.outageOnAuth === 503) return databaseOutage(503);
  const message = `Authentication Error, ${unreachable}`;
  return errorEnvelope({ status: 401, message, type: 'auth_error', param: profile.authParam });
}
