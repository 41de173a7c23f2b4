import { PGlite } from '@electric-sql/pglite';
import type { Logger, Storage } from '@keywright/core';
import { createPostgresStorage, type DatabaseClient, migrate } from '@keywright/postgres-store';
import { openPglite } from '@keywright/postgres-store/pglite';
import pg from 'pg';
import type { Config } from './config.ts';
import { inDataDir } from './data-dir.ts';

export interface OpenStorage {
  storage: Storage;
  close(): Promise<void>;
}

/** Opens the database and brings its schema to this release. */
export async function openStorage(config: Config['database'], logger: Logger): Promise<OpenStorage> {
  const { close, ...client } = await openClient(config, logger);
  try {
    await migrate({ ...client, logger }).up();
    return { storage: createPostgresStorage(client), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openClient(
  config: Config['database'],
  logger: Logger,
): Promise<DatabaseClient & { close(): Promise<void> }> {
  if (config.kind === 'folder') return inDataDir(() => openPglite(config.folder));
  if (config.kind === 'memory') {
    const pglite = await PGlite.create();
    return { pglite, close: () => pglite.close() };
  }
  const pool = new pg.Pool({ connectionString: config.url, connectionTimeoutMillis: 5_000 });
  pool.on('error', (error) => logger.warn('A database connection broke', { error: error.message }));
  return { pool, close: () => pool.end() };
}
