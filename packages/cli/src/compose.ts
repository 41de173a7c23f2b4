import {
  createKeywright,
  type InvalidationChannel,
  isKeywrightError,
  type Keywright,
  type Logger,
  type Storage,
} from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresInvalidationChannel, createPostgresStorage } from '@keywright/postgres-store';
import { type OpenedPglite, openPglite } from '@keywright/postgres-store/pglite';
import pg from 'pg';
import type { Config } from './config.ts';
import { UsageError } from './errors.ts';

/** An open database: what the store and the migrations take, and what closes it. */
export type OpenDatabase = { pool: pg.Pool; close(): Promise<void> } | OpenedPglite;

export interface DatabaseOptions {
  /** Makes a PGlite where the data folder holds none; a misspelt folder is refused otherwise. */
  mayCreate?: boolean;
  /** Gives up on a statement after so many milliseconds; waits for it when left out. */
  statementTimeoutMs?: number;
}

export async function withDatabase<T>(
  config: Config,
  options: DatabaseOptions,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(config, options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const connectionTimeoutMillis = 10_000;

async function openDatabase({ database }: Config, options: DatabaseOptions): Promise<OpenDatabase> {
  if (!database) {
    throw new UsageError(
      'DATABASE_URL: is missing; set it to a Postgres URL, or KEYWRIGHT_DATA_DIR to the folder of an example server',
    );
  }
  if ('folder' in database) return openFolder(database.folder, options.mayCreate ?? false);
  const pool = new pg.Pool({
    connectionString: database.url,
    connectionTimeoutMillis,
    max: 10,
    query_timeout: options.statementTimeoutMs,
  });
  pool.on('error', () => {}); // an idle connection that breaks is replaced; the next statement tells if none can be had
  return { pool, close: () => pool.end() };
}

async function openFolder(folder: string, mayCreate: boolean): Promise<OpenedPglite> {
  try {
    return await openPglite(folder, { mustExist: !mayCreate });
  } catch (error) {
    if (!isKeywrightError(error, 'configuration_invalid')) throw error;
    const advice = error.message.endsWith('holds no database') ? '; keywright migrate up makes one' : '';
    throw new UsageError(`KEYWRIGHT_DATA_DIR: ${error.message}${advice}`);
  }
}

export interface Services {
  database: OpenDatabase;
  keywright: Keywright;
  storage: Storage;
}

/** Opens all that a command needs, checks that the schema fits, runs the work, and closes everything again. */
export async function withKeywright<T>(
  config: Config,
  options: { needsLiteLlm: boolean | 'compares'; logger?: Logger },
  work: (services: Services) => Promise<T>,
): Promise<T> {
  if (options.needsLiteLlm && !config.litellm) {
    const why = options.needsLiteLlm === 'compares' ? 'compares keys with LiteLLM' : 'changes keys in LiteLLM';
    throw new UsageError(`LITELLM_BASE_URL: is missing; set it and LITELLM_MASTER_KEY, as this ${why}`);
  }
  return withDatabase(config, {}, async (database) => {
    const { schema, namespace, secretBrand, maxKeysPerUser } = config;
    const storage = createPostgresStorage({ ...database, schema });
    // commands that only read never call LiteLLM; ".invalid" names no host (RFC 6761)
    const litellm = createLiteLlm(config.litellm ?? { baseUrl: 'http://litellm.invalid', masterKey: 'sk-none' });
    const invalidations = invalidationsOf(config, database, options.logger);
    const keywright = createKeywright({
      storage,
      litellm,
      ...(invalidations && { invalidations }),
      ...(options.logger && { logger: options.logger }),
      ...(namespace !== undefined && { namespace }),
      ...(secretBrand !== undefined && { secretBrand }),
      ...(maxKeysPerUser !== undefined && { maxKeysPerUser }),
    });
    try {
      await storage.check();
      return await work({ database, keywright, storage });
    } finally {
      await keywright.close();
      await litellm.close();
    }
  });
}

/**
 * Tells the nodes of the application what a command changed, and lets a worker hear of it: it listens on a connection of
 * its own, which `start()` alone opens. A PGlite has one process, so there is nobody to tell.
 */
function invalidationsOf(
  { database: place, schema }: Config,
  database: OpenDatabase,
  logger: Logger | undefined,
): InvalidationChannel | undefined {
  if (!('pool' in database) || !place || !('url' in place)) return undefined;
  const newClient = () => new pg.Client({ connectionString: place.url, connectionTimeoutMillis, keepAlive: true });
  return createPostgresInvalidationChannel({ pool: database.pool, newClient, schema, ...(logger && { logger }) });
}
