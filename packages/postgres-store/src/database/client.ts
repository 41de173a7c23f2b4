import type { PGlite, PostgresQueryResult } from 'kysely';

/**
 * The part of a `pg.Pool` that is used, so that any pool of its shape fits (pg, @neondatabase/serverless, a wrapper).
 * Nothing else is ever opened, and nothing of it is closed.
 */
export interface PoolLike {
  connect(): Promise<PoolClientLike>;
  query<R>(query: PoolQuery): Promise<PostgresQueryResult<R>>;
}

/** The part of a `pg.PoolClient` that is used. */
export interface PoolClientLike {
  query<R>(query: PoolQuery): Promise<PostgresQueryResult<R>>;
  /** With true, the connection is closed instead of used again. */
  release(destroy?: boolean): void;
  /** `pg` tells of a lost connection by this event as well, and an event that nobody hears ends the process. */
  on?(event: 'error', listener: (error: Error) => void): unknown;
  removeListener?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A statement as `pg` takes it. One with a name is prepared once for each connection. */
export interface PoolQuery {
  name?: string;
  text: string;
  values?: unknown[];
  types?: { getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown };
}

/** The part of a `PGlite` that is used. */
export type PGliteLike = PGlite;

/**
 * The caller's database: a pool of PostgreSQL (15 or newer), or a PGlite. A PGlite has one session: while a
 * transaction runs, everything else waits for it.
 */
export type DatabaseClient = { pool: PoolLike; pglite?: never } | { pglite: PGliteLike; pool?: never };
