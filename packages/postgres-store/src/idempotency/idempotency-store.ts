import type { IdempotencyState, IdempotencyStore, IdempotentCall, Lease, StoredAnswer } from '@keywright/core';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { databaseNow, inMs } from '../sync/database-time.ts';
import { idempotencyKeysColumns } from './idempotency-keys-table.ts';

/** Nobody holds the key, and no answer is kept any more. */
const isFree = sql<boolean>`(idempotency_keys.expires_at <= ${databaseNow} or idempotency_keys.lease_until <= ${databaseNow})`;

export class PostgresIdempotencyStore implements IdempotencyStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * The row is written also when somebody else has the key, with what it holds already: only so does one statement see
   * a row that another one committed meanwhile. Whose token comes back has the key.
   */
  async begin(
    tenantId: string,
    call: IdempotentCall,
    requestHash: string,
    lease: Lease,
    keepMs: number,
  ): Promise<IdempotencyState> {
    const named = checkRow(idempotencyKeysColumns, {
      ...keyOf(tenantId, call),
      request_hash: requestHash,
      lease_token: lease.token,
    });
    const row = await this.#db
      .insertInto('idempotency_keys')
      .values({
        ...named,
        state: 'running',
        lease_until: inMs(lease.ms),
        expires_at: inMs(keepMs),
        created_at: databaseNow,
        updated_at: databaseNow,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id', 'route', 'key']).doUpdateSet({
          request_hash: ifFree('request_hash'),
          state: ifFree('state'),
          status: ifFree('status'),
          answer: ifFree('answer'),
          lease_until: ifFree('lease_until'),
          lease_token: ifFree('lease_token'),
          expires_at: ifFree('expires_at'),
          created_at: ifFree('created_at'),
          updated_at: ifFree('updated_at'),
        }),
      )
      .returning(['request_hash', 'status', 'answer', 'lease_token', leaseMs.as('lease_ms')])
      .executeTakeFirstOrThrow();
    if (row.lease_token === lease.token) return { state: 'begun' };
    const { request_hash, status, answer: body } = row;
    if (status !== null) return { state: 'finished', requestHash: request_hash, answer: { status, body } };
    return { state: 'running', requestHash: request_hash, leaseMs: row.lease_ms ?? 0 };
  }

  async finish(tenantId: string, call: IdempotentCall, leaseToken: string, answer: StoredAnswer): Promise<boolean> {
    const kept = checkRow(idempotencyKeysColumns, {
      status: answer.status,
      answer: JSON.stringify(answer.body ?? null),
    });
    const row = await this.#db
      .updateTable('idempotency_keys')
      .set({ ...kept, state: 'finished', lease_until: null, lease_token: null, updated_at: databaseNow })
      .where((of) => of.and(keyOf(tenantId, call)))
      .where('lease_token', '=', leaseToken)
      .returning('key')
      .executeTakeFirst();
    return row !== undefined;
  }

  async release(tenantId: string, call: IdempotentCall, leaseToken: string): Promise<void> {
    await this.#db
      .deleteFrom('idempotency_keys')
      .where((of) => of.and(keyOf(tenantId, call)))
      .where('lease_token', '=', leaseToken)
      .execute();
  }
}

const leaseMs = sql<number | null>`cast(ceil(extract(epoch from lease_until - ${databaseNow}) * 1000) as integer)`;

function keyOf(tenantId: string, { userId, route, key }: IdempotentCall) {
  return { tenant_id: tenantId, user_id: userId, route, key };
}

/** What the new call writes when the key is free, else what is there. */
function ifFree<T>(column: string): RawBuilder<T> {
  return sql<T>`case when ${isFree} then ${sql.raw(`excluded.${column}`)} else ${sql.raw(`idempotency_keys.${column}`)} end`;
}
