import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { KeywrightError } from '@keywright/core';
import { lockFolder } from './folder-lock.ts';

export interface OpenedPglite {
  /** For `createPostgresStorage` and `migrate`. */
  pglite: PGlite;
  /** Closes the database, then gives the folder free for other processes. */
  close(): Promise<void>;
}

export interface OpenPgliteOptions {
  /** Refuse a folder that holds no database, and write nothing there. Default false: make one. */
  mustExist?: boolean;
}

/**
 * Opens a PGlite whose data live in a folder, and locks the folder: PGlite itself lets two processes open the same one,
 * and rows are lost then. The folder is made when it is not there; the lock is the file `<folder>.lock` beside it.
 *
 * Throws `configuration_invalid` when another process has it open, when it cannot be written, when it must exist and
 * does not, or when @electric-sql/pglite is not installed. A lock that a killed process left is taken over.
 */
export async function openPglite(folder: string, options: OpenPgliteOptions = {}): Promise<OpenedPglite> {
  if (options.mustExist && !existsSync(path.join(folder, 'PG_VERSION'))) {
    throw new KeywrightError('configuration_invalid', `${folder} holds no database`);
  }
  const real = reachable(folder, () => prepare(folder));
  const PGliteClass = await importPglite();
  const unlock = reachable(folder, () => lockFolder(real));
  try {
    const pglite = await PGliteClass.create(real);
    const close = async () => {
      try {
        await pglite.close();
      } finally {
        unlock();
      }
    };
    return { pglite, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

function prepare(folder: string): string {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK); // PGlite would end in an assertion
  return realpathSync(folder); // one lock, whatever name leads to the folder
}

/** What the system refuses is the folder's fault, and the message says which folder. */
function reachable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    const message = `${folder} cannot be written (${error.code}: ${error.syscall})`;
    throw new KeywrightError('configuration_invalid', message, { cause: error });
  }
}

async function importPglite(): Promise<typeof PGlite> {
  try {
    return (await import('@electric-sql/pglite')).PGlite;
  } catch (error) {
    const message = 'PGlite is not installed: run `npm install @electric-sql/pglite`, or set DATABASE_URL.';
    throw new KeywrightError('configuration_invalid', message, { cause: error });
  }
}
