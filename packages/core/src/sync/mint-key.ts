import { isKeywrightError, KeywrightError } from '../errors.ts';
import type { ApiKeySecret } from '../keys/api-key-secret.ts';
import type { KeyMirror, MirrorKey, NewMirrorKey } from './ports.ts';

/**
 * What came of asking LiteLLM for a key. `held`: read back or answered by the only call. `refused`: LiteLLM said no,
 * and no call is under way that could still commit. `unknown`: a call may yet commit.
 */
export type Minting = { outcome: 'held' } | { outcome: 'refused' | 'unknown'; error: KeywrightError };

/**
 * Makes LiteLLM hold a key with a secret that we chose, until the signal aborts. The hash is known beforehand, so a
 * lost answer is not a lost key: it is looked up by hash. Repeating is safe because LiteLLM stores nothing when the
 * same secret comes again; but it answers 200 then as well, whatever it holds (LL-C8, LL-C9), so the answer to a
 * repetition is never trusted: the key is read back.
 */
export async function mintKey(
  mirror: KeyMirror,
  key: NewMirrorKey,
  secret: ApiKeySecret,
  signal: AbortSignal,
): Promise<Minting> {
  const first = await ask(mirror, key, secret, signal);
  if (first.outcome !== 'unknown') return first;
  const found = await readBack(mirror, key, signal);
  if (found !== 'absent') return found === 'held' ? { outcome: 'held' } : first;
  const second = await ask(mirror, key, secret, signal);
  const reread = await readBack(mirror, key, signal);
  if (reread === 'held') return { outcome: 'held' };
  // the first call may still be running inside LiteLLM, so even a refusal of the second leaves the outcome open
  return second.outcome === 'held' ? first : { outcome: 'unknown', error: second.error };
}

async function ask(mirror: KeyMirror, key: NewMirrorKey, secret: ApiKeySecret, signal: AbortSignal): Promise<Minting> {
  try {
    const { tokenId } = await mirror.createKey(key, secret, signal);
    if (tokenId === key.keyHash) return { outcome: 'held' };
    return { outcome: 'unknown', error: new KeywrightError('gateway_unavailable', 'LiteLLM stored another secret.') };
  } catch (error) {
    if (isKeywrightError(error, 'gateway_refused')) return { outcome: 'refused', error };
    if (isKeywrightError(error, 'gateway_unavailable')) return { outcome: 'unknown', error };
    throw error;
  }
}

async function readBack(
  mirror: KeyMirror,
  key: MirrorKey,
  signal: AbortSignal,
): Promise<'held' | 'absent' | 'unknown'> {
  try {
    const found = await mirror.findKey(key.keyHash, signal);
    if (!found) return 'absent';
    return found.metadata.key_id === key.metadata.key_id ? 'held' : 'unknown';
  } catch (error) {
    if (isKeywrightError(error, 'gateway_unavailable') || isKeywrightError(error, 'gateway_refused')) return 'unknown';
    throw error;
  }
}
