import { mkdirSync, realpathSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { KeywrightError } from '@keywright/core';
import { lockFolder } from './folder-lock.ts';

export interface OpenedPglite {
  /** For `createPostgresStorage` and `migrate`. */
  pglite: PGlite;
  /** Closes the database, then gives the folder free for other processes. */
  close(): Promise<void>;
}

/**
 * Opens a PGlite whose data live in a folder, and locks the folder: PGlite itself lets two processes open the same one,
 * and rows are lost then. The folder is made when it is not there; the lock is the file `<folder>.lock` beside it.
 *
 * Throws `configuration_invalid` when another process has it open, or when @electric-sql/pglite is not installed. A
 * lock that a killed process left is taken over.
 */
export async function openPglite(folder: string): Promise<OpenedPglite> {
  mkdirSync(folder, { recursive: true });
  const path = realpathSync(folder); // one lock, whatever name leads to the folder
  const PGliteClass = await importPglite();
  const unlock = lockFolder(path);
  try {
    const pglite = await PGliteClass.create(path);
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

async function importPglite(): Promise<typeof PGlite> {
  try {
    return (await import('@electric-sql/pglite')).PGlite;
  } catch (error) {
    const message = 'PGlite is not installed: run `npm install @electric-sql/pglite`, or set DATABASE_URL.';
    throw new KeywrightError('configuration_invalid', message, { cause: error });
  }
}
