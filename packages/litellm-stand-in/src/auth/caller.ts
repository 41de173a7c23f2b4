import { cannotAuthenticate } from '../http/database-errors.ts';
import { authError, errorEnvelope, namedError } from '../http/errors.ts';
import { type KeyRow, resetKeyWhenDue } from '../keys/key-row.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { pythonDate } from '../python.ts';
import { hashSecret, maskedName, maskedValue } from '../secrets.ts';
import type { TeamRow } from '../teams/team-row.ts';
import type { CachedKey } from './auth-cache.ts';

/** Who sent a request. */
export interface Caller {
  role: 'proxy_admin' | 'internal_user' | 'unknown';
  /** Null for keys without a user. */
  userId: string | null;
  /** The key as this proxy last read it, at most a minute ago; null for the master key. */
  key: KeyRow | null;
  /** The team of the key; null when it has none that exists. */
  team: TeamRow | null;
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

function lookUp(proxy: LiteLlmProxy, token: string): CachedKey | undefined {
  const now = proxy.now();
  const cached = proxy.authCache.find(token, now);
  if (cached) return cached;
  if (proxy.database !== 'connected') throw cannotAuthenticate(proxy);
  const row = proxy.state.keys.get(token);
  return row && proxy.authCache.keep(row, teamOf(proxy, row)?.blocked ?? false, now);
}

function teamOf(proxy: LiteLlmProxy, row: KeyRow): TeamRow | null {
  const id = row.fields.team_id;
  return (id === null ? undefined : proxy.state.teams.get(id)) ?? null;
}

function refuseBlockedTeam(proxy: LiteLlmProxy, { row, teamBlocked }: CachedKey): void {
  if (!teamBlocked) return;
  const rule = `Team=${row.fields.team_id} is blocked. Update via \`/team/unblock\` if you're an admin.`;
  throw authError(proxy.profile, `Authentication Error, ${rule}`);
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
  if (token === proxy.masterKeyHash) return { role: 'proxy_admin', userId: 'default_user_id', key: null, team: null };
  if (!secret.startsWith('sk-')) {
    const rule = `LiteLLM Virtual Key expected. Received=${maskedValue(secret)}, expected to start with 'sk-'.`;
    throw authError(proxy.profile, `${proxy.profile.malformedKeyPrefix}${rule}`);
  }
  const found = lookUp(proxy, token);
  if (!found) throw unknownKey(proxy, secret, token);
  refuseUnusable(proxy, found.row);
  refuseBlockedTeam(proxy, found);
  const stored = proxy.state.keys.get(token);
  if (stored) {
    resetKeyWhenDue(proxy, stored);
    stored.lastActive = proxy.now();
  }
  const { user_id: userId } = found.row.fields;
  return { role: roleOf(proxy, userId), userId, key: found.row, team: teamOf(proxy, found.row) };
}
