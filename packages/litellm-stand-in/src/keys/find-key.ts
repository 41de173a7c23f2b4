import type { Call } from '../http/call.ts';
import { errorEnvelope, namedError } from '../http/errors.ts';
import { maskedName, tokenOf } from '../secrets.ts';
import type { KeyRow } from './key-row.ts';

/** The living key that a caller names by secret or hash. */
export function findKey(call: Call, keyOrHash: string): KeyRow | undefined {
  return call.proxy.state.keys.get(tokenOf(keyOrHash));
}

/** What /key/update answers for a key that does not exist. */
export function unknownKeyOnUpdate(call: Call, sent: string): Error {
  const { profile } = call.proxy;
  if (profile.unknownTarget === 'not-found-404') return keyNotFound();
  const shown = profile.updateEchoesKey ? sent : maskedName(sent);
  const message = `Authentication Error: invalid user key - user key does not exist in db. User Key=${shown}`;
  return errorEnvelope({ status: 401, message, type: 'auth_error', param: profile.authParam });
}

/** What /key/block and /key/unblock answer for a key that does not exist. */
export function unknownKeyOnBlock(call: Call, token: string): Error {
  const { profile } = call.proxy;
  if (profile.unknownTarget === 'not-found-404') return keyNotFound();
  // The hash in this message is the target's, not the caller's.
  const message = `Authentication Error, Invalid proxy server token passed. key=${token}, not found in db. Create key via \`/key/generate\` call.`;
  return errorEnvelope({ status: 401, message, type: 'token_not_found_in_db', param: 'key' });
}

function keyNotFound(): Error {
  return namedError(404, 'not_found_error', 'Key not found.', 'key');
}
