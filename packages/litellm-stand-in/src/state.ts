import type { DeletedKeyRow, KeyRow } from './keys/key-row.ts';
import type { UserRow } from './users/user-row.ts';

/** A key of a deleted user that old releases still find in their cache. */
interface CachedKey {
  row: KeyRow;
  until: Date;
}

/** The proxy's database: what lives in its tables, by primary key. */
export interface State {
  /** By token, which is the SHA-256 of the secret. */
  keys: Map<string, KeyRow>;
  deletedKeys: Map<string, DeletedKeyRow>;
  cachedKeys: Map<string, CachedKey>;
  users: Map<string, UserRow>;
}

/** An empty database. */
export function emptyState(): State {
  return { keys: new Map(), deletedKeys: new Map(), cachedKeys: new Map(), users: new Map() };
}

/** Archives a key and forgets it, as /key/delete does. */
export function archiveKey(state: State, row: KeyRow, deletedAt: Date, deletedBy: string): void {
  state.keys.delete(row.token);
  state.deletedKeys.set(row.token, { ...row, deletedAt, deletedBy });
}
