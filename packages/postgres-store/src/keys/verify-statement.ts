import { createHash } from 'node:crypto';
import type { VerifiableKey } from '@keywright/core';
import { type InferResult, sql } from 'kysely';
import type { DatabaseClient } from '../database/client.ts';
import type { Db } from '../database/database.ts';
import { runPrepared } from '../database/dialect.ts';
import { fromCount, fromUsd, toHash } from '../database/values.ts';

/**
 * The hot statement of verify. Kysely writes it once; on a pool it runs by name, so that each connection parses and
 * plans it once: unnamed statements cost a quarter of the rate.
 */
export function verifyReader(client: DatabaseClient, db: Db): (keyHash: string) => Promise<VerifiableKey | undefined> {
  if (!client.pool) {
    return async (keyHash) => {
      const row = await verifyQuery(db, toHash(keyHash)).executeTakeFirst();
      return row && verifiableFromRow(row, keyHash);
    };
  }
  const { pool } = client;
  const { sql: text } = verifyQuery(db, toHash('')).compile();
  // The text is in the name: two storages on one pool, with two schemas, have two statements.
  const name = `keywright_verify_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  return async (keyHash) => {
    const [row] = await runPrepared<VerifyRow>(pool, name, text, [toHash(keyHash)]);
    return row && verifiableFromRow(row, keyHash);
  };
}

type VerifyRow = InferResult<ReturnType<typeof verifyQuery>>[number];

function verifyQuery(db: Db, hash: Uint8Array) {
  return db
    .selectFrom('api_key_secrets as x')
    .innerJoin('api_keys as k', 'k.id', 'x.api_key_id')
    .innerJoin('subscriptions as s', 's.id', 'k.subscription_id')
    .innerJoin('users as u', (join) => join.onRef('u.tenant_id', '=', 'k.tenant_id').onRef('u.id', '=', 'k.user_id'))
    .innerJoin('tenants as t', 't.id', 'k.tenant_id')
    .select([
      'x.state as secret_state',
      'x.valid_until as secret_valid_until',
      // a key that LiteLLM lost goes with the service key
      sql<string | null>`case when k.sync_status <> 'unmirrored' then x.lite_llm_key_id end`.as(
        'secret_lite_llm_key_id',
      ),
      'k.id',
      'k.tenant_id',
      'k.user_id',
      'k.subscription_id',
      'k.name',
      'k.lifecycle',
      'k.is_active',
      'k.models',
      'k.permissions',
      'k.allowed_ips',
      'k.expires_at',
      'k.revoked_at',
      'k.current_spend',
      'k.max_budget',
      'k.soft_budget',
      'k.budget_duration',
      'k.tpm_limit',
      'k.rpm_limit',
      'k.max_parallel_requests',
      'k.quota_limit',
      's.status',
      's.starts_at as s_starts_at',
      's.expires_at as s_expires_at',
      's.models as s_models',
      'u.is_active as user_is_active',
      'u.lite_llm_user_id',
      't.is_active as tenant_is_active',
    ])
    .where('x.key_hash', '=', hash);
}

function verifiableFromRow(row: VerifyRow, keyHash: string): VerifiableKey {
  return {
    key: {
      id: row.id,
      tenantId: row.tenant_id,
      userId: row.user_id,
      subscriptionId: row.subscription_id,
      name: row.name,
      lifecycle: row.lifecycle,
      isActive: row.is_active,
      models: row.models,
      permissions: row.permissions,
      allowedIps: row.allowed_ips,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      currentSpend: fromUsd(row.current_spend),
      maxBudget: fromUsd(row.max_budget),
      softBudget: fromUsd(row.soft_budget),
      budgetDuration: row.budget_duration,
      tpmLimit: fromCount(row.tpm_limit),
      rpmLimit: fromCount(row.rpm_limit),
      maxParallelRequests: fromCount(row.max_parallel_requests),
      quotaLimit: fromCount(row.quota_limit),
    },
    secret: {
      keyHash,
      state: row.secret_state,
      validUntil: row.secret_valid_until,
      liteLlmKeyId: row.secret_lite_llm_key_id,
    },
    subscription: {
      status: row.status,
      startsAt: row.s_starts_at,
      expiresAt: row.s_expires_at,
      models: row.s_models,
    },
    userIsActive: row.user_is_active,
    liteLlmUserId: row.lite_llm_user_id,
    tenantIsActive: row.tenant_is_active,
  };
}
