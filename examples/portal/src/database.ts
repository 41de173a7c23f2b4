import { PGlite } from '@electric-sql/pglite';
import type { InvalidationChannel, Logger, Storage } from '@keywright/core';
import {
  createPostgresInvalidationChannel,
  createPostgresStorage,
  type DatabaseClient,
  migrate,
} from '@keywright/postgres-store';
import { openPglite } from '@keywright/postgres-store/pglite';
import pg from 'pg';
import type { Config } from './config.ts';
import { inDataDir } from './data-dir.ts';

export interface OpenStorage {
  storage: Storage;
  /** On a PostgreSQL of its own, which other servers may share. */
  invalidations?: InvalidationChannel;
  close(): Promise<void>;
}

/** Opens the database and brings its schema to this release. */
export async function openStorage(config: Config['database'], logger: Logger): Promise<OpenStorage> {
  const { close, invalidations, ...client } = await openClient(config, logger);
  try {
    await migrate({ ...client, logger }).up();
    return { storage: createPostgresStorage(client), close, ...(invalidations && { invalidations }) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openClient(
  config: Config['database'],
  logger: Logger,
): Promise<DatabaseClient & Pick<OpenStorage, 'invalidations' | 'close'>> {
  if (config.kind === 'folder') return inDataDir(() => openPglite(config.folder));
  if (config.kind === 'memory') {
    const pglite = await PGlite.create();
    return { pglite, close: () => pglite.close() };
  }
  const connection = { connectionString: config.url, connectionTimeoutMillis: 5_000 };
  const pool = new pg.Pool(connection);
  pool.on('error', (error) => logger.warn('A database connection broke', { error: error.message }));
  const newClient = () => new pg.Client(connection);
  const invalidations = createPostgresInvalidationChannel({ pool, newClient, logger });
  return { pool, invalidations, close: () => pool.end() };
}
