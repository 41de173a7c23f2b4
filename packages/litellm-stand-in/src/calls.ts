import { presentedKey } from './auth/caller.ts';
import { isObject } from './http/call.ts';
import type { Incoming } from './http/dispatch.ts';
import { hashSecret } from './secrets.ts';

/** One request that reached the stand-in, without any secret in it. */
export interface SeenCall {
  method: string;
  /** Path without the query. */
  path: string;
  at: Date;
  /** SHA-256 of the key that was sent; null when there was none. */
  keyHash: string | null;
  /** Names of the top-level fields of the JSON body or of the query, in the order sent. Values are not kept. */
  fields: string[];
  /** Status of the answer; null while there is none, and for ever when the connection was dropped. */
  status: number | null;
}

function fieldNames({ text, query }: Incoming): string[] {
  if (text === '') return [...new Set(query.keys())];
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? Object.keys(body) : [];
  } catch {
    return [];
  }
}

/** The record of a request. */
export function seenCall(incoming: Incoming, at: Date): SeenCall {
  const key = presentedKey(incoming.headers);
  const { method, path } = incoming;
  return { method, path, at, keyHash: key === '' ? null : hashSecret(key), fields: fieldNames(incoming), status: null };
}
