import { addDuration } from '../durations.ts';
import { authError, errorEnvelope, namedError } from '../http/errors.ts';
import { type KeyRow, resetBudgetWhenDue } from '../keys/key-row.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { pythonDate } from '../python.ts';
import { hashSecret, maskedName, maskedValue } from '../secrets.ts';

/** Who sent a request. */
export interface Caller {
  role: 'proxy_admin' | 'internal_user' | 'unknown';
  /** Null for the master key of a proxy and for keys without a user. */
  userId: string | null;
  /** Null for the master key. */
  key: KeyRow | null;
}

const keyHeaders = ['x-litellm-api-key', 'authorization', 'api-key', 'x-api-key', 'x-goog-api-key'];

/** The key that a request carries, in LiteLLM's order of headers; empty when there is none. */
export function presentedKey(headers: Headers): string {
  const name = keyHeaders.find((header) => headers.get(header));
  if (!name) return '';
  const value = headers.get(name) ?? '';
  const bearer = /^Bearer\s+(.*)$/i.exec(value);
  if (bearer) return bearer[1] ?? '';
  return name === 'authorization' ? '' : value;
}

function unknownKey(proxy: LiteLlmProxy, secret: string, token: string): Error {
  const message =
    proxy.profile.unknownKeyMessage === 'plain'
      ? 'Authentication Error, Invalid API key provided.'
      : `Authentication Error, Invalid proxy server token passed. Received API Key = ${maskedName(secret)}, ` +
        `Key Hash (Token) =${token}. Unable to find token in cache or \`LiteLLM_VerificationTokenTable\``;
  return namedError(401, 'token_not_found_in_db', message, 'key');
}

/** Old releases keep answering for 60 s with what they last read of a key. */
function cachedRow(proxy: LiteLlmProxy, token: string): KeyRow | undefined {
  const cached = proxy.state.cachedKeys.get(token);
  return cached && cached.until > proxy.now() ? cached.row : undefined;
}

/** Keeps a key of a deleted user answering, on releases that do not evict it, when it was in use. */
export function keepCached(proxy: LiteLlmProxy, row: KeyRow): void {
  if (proxy.profile.userDeleteEvicts || !row.lastActive) return;
  const until = addDuration(row.lastActive, { count: 60, unit: 's' });
  proxy.state.cachedKeys.set(row.token, { row, until });
}

function refuseUnusable(proxy: LiteLlmProxy, row: KeyRow): void {
  const { profile } = proxy;
  if (row.blocked) {
    throw authError(profile, "Authentication Error, Key is blocked. Update via `/key/unblock` if you're admin.");
  }
  const now = proxy.now();
  if (!row.expires || row.expires > now) return;
  const times = `Key Expiry time ${pythonDate(row.expires)} and current time ${pythonDate(now)}`;
  const message = `Authentication Error - Expired Key. ${times}`;
  throw errorEnvelope({ status: profile.expiredKeyStatus, message, type: 'expired_key', param: row.keyName });
}

function roleOf(proxy: LiteLlmProxy, userId: string | null): Caller['role'] {
  const user = userId === null ? undefined : proxy.state.users.get(userId);
  if (!user) return 'unknown';
  return user.fields.user_role === 'proxy_admin' ? 'proxy_admin' : 'internal_user';
}

/**
 * Finds out who is calling.
 *
 * @throws ProxyError 401 without a key, with a malformed, unknown or blocked one; 400 or 401 with an expired one.
 */
export function identifyCaller(proxy: LiteLlmProxy, headers: Headers): Caller {
  const secret = presentedKey(headers);
  if (secret === '') throw authError(proxy.profile, 'Authentication Error, No api key passed in.');
  const token = hashSecret(secret);
  if (token === proxy.masterKeyHash) return { role: 'proxy_admin', userId: 'default_user_id', key: null };
  if (!secret.startsWith('sk-')) {
    const rule = `LiteLLM Virtual Key expected. Received=${maskedValue(secret)}, expected to start with 'sk-'.`;
    throw authError(proxy.profile, `${proxy.profile.malformedKeyPrefix}${rule}`);
  }
  const row = proxy.state.keys.get(token) ?? cachedRow(proxy, token);
  if (!row) throw unknownKey(proxy, secret, token);
  refuseUnusable(proxy, row);
  resetBudgetWhenDue(row, proxy.now(), proxy.profile);
  row.lastActive = proxy.now();
  const { user_id: userId } = row.fields;
  return { role: roleOf(proxy, userId), userId, key: row };
}
