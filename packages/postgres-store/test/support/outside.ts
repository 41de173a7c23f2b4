import type { IdempotentCall, SyncTaskKey } from '@keywright/core';
import type { OutsideRow, RawKey, StorageOutside } from '@keywright/core/testing';

/** Runs a statement with plain values: the way behind the store's back. */
export type RunSql = <R>(text: string, values?: unknown[]) => Promise<R[]>;

const tables: Record<OutsideRow, string> = {
  tenant: 'tenants',
  user: 'users',
  subscription: 'subscriptions',
  key: 'api_keys',
  audit: 'audit_logs',
  task: 'sync_tasks',
};

/** What the contract suites need to see and to change without the store. */
export function outsideOf(run: RunSql, schema = 'keywright'): StorageOutside {
  return {
    async ageTask({ tenantId, entity, entityId }: SyncTaskKey, ms) {
      const past = (column: string) => `${column} = ${column} - make_interval(secs => $4::float8 / 1000)`;
      await run(
        `update ${schema}.sync_tasks set ${['due_at', 'lease_until', 'unsettled_until', 'created_at'].map(past).join(', ')}
          where tenant_id = $1 and entity = $2 and entity_id = $3`,
        [tenantId, entity, entityId, ms],
      );
    },
    async shiftMintingSince(keyHash, ms) {
      await run(
        `update ${schema}.api_key_secrets set minting_since = minting_since - make_interval(secs => $2::float8 / 1000)
          where key_hash = decode($1, 'hex')`,
        [keyHash, ms],
      );
    },
    async ageIdempotentCall(tenantId: string, { userId, route, key }: IdempotentCall, ms) {
      const past = (column: string) => `${column} = ${column} - make_interval(secs => $5::float8 / 1000)`;
      await run(
        `update ${schema}.idempotency_keys set ${['lease_until', 'expires_at'].map(past).join(', ')}
          where tenant_id = $1 and user_id = $2 and route = $3 and key = $4`,
        [tenantId, userId, route, key, ms],
      );
    },
    async setCreatedAt(row, tenantId, id, at) {
      const name = row === 'task' ? `entity || '/' || entity_id` : 'id::text';
      const tenant = row === 'tenant' ? 'id' : 'tenant_id';
      // the trigger on audit_logs refuses every change: for this one statement there are no triggers
      await run(
        `update ${schema}.${tables[row]} set created_at = $3
          from (select set_config('session_replication_role', 'replica', true)) as without_triggers
          where ${tenant} = $1 and ${name} = $2`,
        [tenantId, id, at],
      );
    },
    async setTenantActive(tenantId, isActive) {
      await run(`update ${schema}.tenants set is_active = $2 where id = $1`, [tenantId, isActive]);
    },
    async setUserActive(tenantId, userId, isActive) {
      await run(`update ${schema}.users set is_active = $3 where tenant_id = $1 and id = $2`, [
        tenantId,
        userId,
        isActive,
      ]);
    },
    async revokeKey(tenantId, id, at) {
      await run(`update ${schema}.api_keys set revoked_at = $3 where tenant_id = $1 and id = $2`, [tenantId, id, at]);
    },
    async rawKey(tenantId, id) {
      const rows = await run<RawKey>(
        `select name, models, max_budget::text as "maxBudgetUsd", expires_at as "expiresAt", metadata,
          (select count(*)::int from ${schema}.api_key_secrets where api_key_id = api_keys.id) as secrets
          from ${schema}.api_keys where tenant_id = $1 and id = $2`,
        [tenantId, id],
      );
      return rows[0];
    },
  };
}
