import {
  type Clock,
  KeywrightError,
  type Storage,
  type Stores,
  systemClock,
  type UnscopedStore,
} from '@keywright/core';
import { PostgresAuditStore } from './audit/audit-store.ts';
import type { DatabaseClient } from './database/client.ts';
import { type Db, openDatabase } from './database/database.ts';
import { defaultSchema } from './database/schema-name.ts';
import { inTransaction } from './database/transaction.ts';
import { forgetExpiredCalls } from './idempotency/forget-expired.ts';
import { PostgresIdempotencyStore } from './idempotency/idempotency-store.ts';
import { PostgresApiKeyStore } from './keys/api-key-store.ts';
import { recordLastUsed } from './keys/record-last-used.ts';
import { verifyReader } from './keys/verify-statement.ts';
import { migrations } from './migrations/migrations.ts';
import { compareMigrations, refuse } from './migrations/plan.ts';
import { runTransactions } from './migrations/run-transactions.ts';
import { readApplied, readSchemaState } from './migrations/schema-state.ts';
import { PostgresSubscriptionStore } from './subscriptions/subscription-store.ts';
import { timeFollower } from './sync/follow-time.ts';
import { lastReconcile, recordReconcile } from './sync/reconcile-runs.ts';
import { PostgresSyncQueue } from './sync/sync-queue.ts';
import { PostgresSyncTaskStore } from './sync/sync-task-store.ts';
import { walkSecrets } from './sync/walk-secrets.ts';
import { listTenants } from './tenants/list-tenants.ts';
import { PostgresTenantStore } from './tenants/tenant-store.ts';
import { missingPartitions } from './usage/partitions.ts';
import { PostgresUsageLedger } from './usage/usage-ledger.ts';
import { PostgresUsageStore } from './usage/usage-store.ts';
import { PostgresUserStore } from './users/user-store.ts';

export type PostgresStorageOptions = DatabaseClient & {
  /** Where Keywright's tables are; `keywright` when left out. */
  schema?: string;
  /**
   * What rows are stamped with and expiry is judged by; the machine's clock when left out. Due times and leases of
   * sync tasks use the database's clock.
   */
  clock?: Clock;
};

/**
 * Keywright's storage on the caller's own `pg.Pool` or PGlite. Opens no connection by itself, starts nothing in the
 * background, and closes nothing. The schema has to be there: `migrate(...).up()`.
 *
 * What it throws is a KeywrightError: `storage_unavailable` (no connection, or the server gave up), `schema_mismatch`,
 * `validation_failed` (a value that cannot be stored as it is, with the field's name) or `internal_error`. Neither
 * their messages nor their causes hold values of a statement.
 *
 * @example
 * const storage = createPostgresStorage({ pool: new pg.Pool() });
 */
export function createPostgresStorage(options: PostgresStorageOptions): Storage {
  const { schema = defaultSchema, clock = systemClock } = options;
  const db = openDatabase(options, schema);
  return {
    ...storesOn(db, clock),
    unscoped: unscopedOn(options, db, { schema, clock }),
    transaction: (work) => inTransaction(db, (transaction) => work(storesOn(transaction, clock))),
    async check() {
      const status = compareMigrations(migrations, await readApplied(db));
      refuse(status);
      if (status.pending.length === 0) return;
      const missing = status.pending.join(', ');
      throw new KeywrightError('schema_mismatch', `The schema lacks ${missing}. Run \`keywright migrate up\`.`);
    },
  };
}

function storesOn(db: Db, clock: Clock): Stores {
  return {
    tenants: new PostgresTenantStore(db, clock),
    users: new PostgresUserStore(db, clock),
    subscriptions: new PostgresSubscriptionStore(db, clock),
    keys: new PostgresApiKeyStore(db, clock),
    audit: new PostgresAuditStore(db, clock),
    syncTasks: new PostgresSyncTaskStore(db),
    usage: new PostgresUsageStore(db),
    idempotency: new PostgresIdempotencyStore(db),
  };
}

function unscopedOn(
  client: DatabaseClient,
  db: Db,
  { schema, clock }: { schema: string; clock: Clock },
): UnscopedStore {
  return {
    findBySecretHash: verifyReader(client, db),
    syncQueue: new PostgresSyncQueue(db),
    ledger: new PostgresUsageLedger(db),
    recordLastUsed: (uses) => recordLastUsed(db, uses),
    markKeysChangedByTime: timeFollower(db, clock),
    listTenants: (filter, page) => listTenants(db, filter, page),
    walkSecrets: (afterHash, limit) => walkSecrets(db, afterHash, limit),
    recordReconcile: (run) => recordReconcile(db, run),
    lastReconcile: () => lastReconcile(db),
    async maintain() {
      const { tables } = await readSchemaState(db, schema);
      await runTransactions({ db, schema, known: migrations }, missingPartitions(schema, tables, clock.now()));
      if (tables.includes('idempotency_keys')) await forgetExpiredCalls(db); // else a migration is pending
    },
  };
}
