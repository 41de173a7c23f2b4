import {
  AbortedTransactionError,
  type Dialect,
  PGliteDialect,
  type PGliteTransaction,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely';
import type { DatabaseClient, PGliteLike, PoolClientLike, PoolLike } from './client.ts';
import { pgliteParsers, poolTypes } from './decode.ts';
import { isStorable } from './storable.ts';
import { toStorageError } from './storage-error.ts';

/**
 * Kysely's dialects on the caller's client. Between the two stands what every statement needs: our decoding of values,
 * our errors, and one rule: a statement with a text that PostgreSQL cannot hold (NUL, half a surrogate pair) is not
 * sent and finds nothing, for nothing stored can equal it. What is written was checked before, field by field.
 */
export function dialectFor(client: DatabaseClient): Dialect {
  return client.pool
    ? new PostgresDialect({ pool: kyselyPool(client.pool) })
    : new PGliteDialect({ pglite: kyselyPGlite(client.pglite) });
}

/** Runs a statement by name on a pool: prepared once for each connection, so that later runs are not planned again. */
export async function runPrepared<R>(pool: PoolLike, name: string, text: string, values: unknown[]): Promise<R[]> {
  try {
    return (await pool.query<R>({ name, text, values, types: poolTypes })).rows;
  } catch (error) {
    throw toStorageError(error);
  }
}

function kyselyPool(pool: PoolLike): PostgresPool {
  return {
    options: {},
    async connect() {
      try {
        return new PoolClient(await pool.connect());
      } catch (error) {
        throw toStorageError(error);
      }
    },
    async end() {}, // the pool is the caller's
  };
}

/** The statement that runs, or the next one, fails with the same error: nobody misses this one. */
const ignore = () => {};

class PoolClient implements PostgresPoolClient {
  readonly #client: PoolClientLike;

  constructor(client: PoolClientLike) {
    this.#client = client;
    client.on?.('error', ignore);
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query(text: unknown, values: readonly unknown[] = []): unknown {
    return typeof text === 'string' ? this.#run(text, [...values]) : text;
  }

  release(destroy?: boolean): void {
    this.#client.removeListener?.('error', ignore);
    this.#client.release(destroy);
  }

  async #run(text: string, values: unknown[]): Promise<PostgresQueryResult<unknown>> {
    if (!values.every(isStorable)) return { command: 'SELECT', rowCount: 0, rows: [] };
    try {
      return await this.#client.query({ text, values, types: poolTypes });
    } catch (error) {
      throw toStorageError(error, text);
    }
  }
}

function kyselyPGlite(pglite: PGliteLike): PGliteLike {
  const query = queryOn(pglite);
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    get waitReady() {
      return pglite.waitReady;
    },
    async close() {}, // the PGlite is the caller's
    query,
    async transaction(work) {
      let hasFailed = false;
      const failed = () => {
        hasFailed = true;
      };
      try {
        return await pglite.transaction(async (inner) => {
          const result = await work({ query: queryOn(inner, failed), rollback: () => inner.rollback() });
          // PGlite says nothing when its COMMIT undoes everything because a statement had failed
          if (hasFailed) throw new AbortedTransactionError();
          return result;
        });
      } catch (error) {
        throw error instanceof AbortedTransactionError ? error : toStorageError(error);
      }
    },
  };
}

function queryOn(target: Pick<PGliteTransaction, 'query'>, failed = ignore): PGliteLike['query'] {
  return async (text, values = []) => {
    if (!values.every(isStorable)) return { rows: [], fields: [], affectedRows: 0 };
    try {
      return await target.query(text, values, { parsers: pgliteParsers });
    } catch (error) {
      failed();
      throw toStorageError(error, text);
    }
  };
}
