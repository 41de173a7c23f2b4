import type { Call } from '../http/call.ts';
import type { KeyRow } from '../keys/key-row.ts';

/** Makes a change of a key count at once on this proxy, unless a fault keeps its cache stale. */
export function evictKey({ proxy, misbehaviour }: Call, row: Pick<KeyRow, 'token'>): void {
  if (misbehaviour?.kind !== 'stale-auth') proxy.authCache.forget(row.token);
}
