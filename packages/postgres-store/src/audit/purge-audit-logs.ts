import { KeywrightError } from '@keywright/core';
import { sql } from 'kysely';
import type { DatabaseClient } from '../database/client.ts';
import { type Db, openDatabase } from '../database/database.ts';
import { defaultSchema } from '../database/schema-name.ts';
import { inTransaction } from '../database/transaction.ts';
import { fromCount } from '../database/values.ts';

export type PurgeAuditLogsOptions = DatabaseClient & {
  /** Where Keywright's tables are; `keywright` when left out. */
  schema?: string;
  /** Entries from before this moment are removed. */
  before: Date;
  /** Ends the purge between two batches; the promise rejects with its reason. What was removed stays removed. */
  signal?: AbortSignal;
  /** Called after every batch with what was removed so far. */
  onProgress?: (progress: { removed: number }) => void;
};

/** Pages of the table that one batch looks at: 2 MB, some thousand entries. */
const pagesPerBatch = 256;

/**
 * Removes audit entries whose time of retention is over, of every tenant; resolves to how many. In batches, each in a
 * transaction of its own, so that it can be ended and repeated at any time. Reads the table once.
 *
 * This is no part of the storage: nothing that serves requests can remove an entry, and a trigger refuses UPDATE,
 * DELETE and TRUNCATE of everybody else. The trigger guards against mistakes; against a stolen connection only
 * privileges do. Run this as a role that may SELECT and DELETE on `audit_logs`, and Keywright itself as one that may
 * not: `revoke update, delete, truncate on keywright.audit_logs from <role>`.
 *
 * Throws `validation_failed` when `before` is no time, and `storage_unavailable`.
 *
 * @example
 * await purgeAuditLogs({ pool, before: new Date(Date.now() - 365 * 24 * 3_600_000) });
 */
export async function purgeAuditLogs(options: PurgeAuditLogsOptions): Promise<{ removed: number }> {
  const { schema = defaultSchema, before, signal, onProgress } = options;
  if (Number.isNaN(before.getTime())) throw new KeywrightError('validation_failed', 'before: should be a valid date');
  const db = openDatabase(options, schema);
  const pages = await pagesOf(db, `${schema}.audit_logs`);
  let removed = 0;
  for (let page = 0; page < pages; page += pagesPerBatch) {
    signal?.throwIfAborted();
    removed += await inTransaction(db, (transaction) => purgePages(transaction, page, before));
    onProgress?.({ removed });
  }
  return { removed };
}

/** What is appended from now on is not looked at. */
async function pagesOf(db: Db, table: string): Promise<number> {
  const pages = sql<string>`pg_relation_size(cast(${table} as regclass)) / cast(current_setting('block_size') as bigint)`;
  const { rows } = await sql<{ pages: string }>`select ${pages} as pages`.execute(db);
  return fromCount(rows[0]?.pages ?? '0');
}

/** Entries never move within the table, because they are never changed. */
async function purgePages(transaction: Db, page: number, before: Date): Promise<number> {
  await sql`select set_config('keywright.audit_retention', 'on', true)`.execute(transaction); // until the commit
  const { numDeletedRows } = await transaction
    .deleteFrom('audit_logs')
    .where(sql<boolean>`ctid >= cast(${`(${page},0)`} as tid)`)
    .where(sql<boolean>`ctid < cast(${`(${page + pagesPerBatch},0)`} as tid)`)
    .where('created_at', '<', before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
