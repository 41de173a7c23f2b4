import { KeywrightError } from '@keywright/core';
import { AbortedTransactionError } from 'kysely';
import type { Db } from './database.ts';
import { sqlState } from './storage-error.ts';

/**
 * Runs work in one transaction, READ COMMITTED; an error of COMMIT is an error of this call. Serialisation failures
 * and deadlocks (40001, 40P01) are nobody's fault: the whole work runs again, up to three times in all.
 *
 * No two transactions of ours wait for each other in a circle, because all lock rows in one order: tenant, user,
 * subscription, key (and its secrets under the key's lock alone), then sync tasks; several rows of a kind by their ids.
 */
export function inTransaction<T>(db: Db, work: (transaction: Db) => Promise<T>): Promise<T> {
  return withRetries(async () => {
    try {
      return await db.transaction().setIsolationLevel('read committed').execute(work);
    } catch (error) {
      if (!(error instanceof AbortedTransactionError)) throw error;
      const message = 'A statement of the transaction failed and the work went on: nothing was written.';
      throw new KeywrightError('internal_error', message, { cause: error });
    }
  });
}

/** As `inTransaction`; within one already, the work becomes part of it. */
export function atomically<T>(db: Db, work: (transaction: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : inTransaction(db, work);
}

const maxAttempts = 3;

/** Repeats what the database undid because of others. Only for what is a transaction of its own. */
export async function withRetries<T>(work: () => Promise<T>, isTransient = isConflict): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || !isTransient(error)) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}
