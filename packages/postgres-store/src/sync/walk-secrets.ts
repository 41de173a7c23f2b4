import type { WalkedSecret } from '@keywright/core';
import { type InferResult, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { toHash } from '../database/values.ts';
import { apiKeyFromRow, secretFromRow } from '../keys/api-key-row.ts';
import { subscriptionFromRow } from '../subscriptions/subscription-row.ts';
import { ownerFromRow, ownerSelection } from '../users/user-row.ts';

/** Bytes compare as their lower-case hex does, so the order is the primary key's. */
export async function walkSecrets(db: Db, afterHash: string | undefined, limit: number): Promise<WalkedSecret[]> {
  const query = walkQuery(db).limit(limit);
  const rows = await (afterHash === undefined ? query : query.where('x.key_hash', '>', toHash(afterHash))).execute();
  return rows.map(walkedSecretFromRow);
}

type WalkRow = InferResult<ReturnType<typeof walkQuery>>[number];

function walkQuery(db: Db) {
  return db
    .selectFrom('api_key_secrets as x')
    .innerJoin('api_keys as k', (join) =>
      join.onRef('k.tenant_id', '=', 'x.tenant_id').onRef('k.id', '=', 'x.api_key_id'),
    )
    .innerJoin('subscriptions as s', (join) =>
      join.onRef('s.tenant_id', '=', 'k.tenant_id').onRef('s.id', '=', 'k.subscription_id'),
    )
    .innerJoin('users as u', (join) => join.onRef('u.tenant_id', '=', 'k.tenant_id').onRef('u.id', '=', 'k.user_id'))
    .innerJoin('tenants as t', 't.id', 'k.tenant_id')
    .selectAll('k')
    .select(secretSelection)
    .select(subscriptionSelection)
    .select(ownerSelection)
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('sync_tasks as q')
          .select('q.entity_id')
          .whereRef('q.tenant_id', '=', 'k.tenant_id')
          .where('q.entity', '=', 'key')
          .where('q.dead_at', 'is', null)
          .where('q.entity_id', '=', sql<string>`cast(k.id as text)`),
      ).as('has_task'),
    )
    .orderBy('x.key_hash');
}

const secretSelection = [
  'x.key_hash as secret_key_hash',
  'x.key_prefix as secret_key_prefix',
  'x.lite_llm_key_id as secret_lite_llm_key_id',
  'x.created_at as secret_created_at',
  'x.updated_at as secret_updated_at',
  'x.generation',
  'x.state',
  'x.minting_since',
  'x.valid_until',
] as const;

const subscriptionSelection = [
  's.name as s_name',
  's.status as s_status',
  's.is_default as s_is_default',
  's.models as s_models',
  's.max_budget as s_max_budget',
  's.budget_duration as s_budget_duration',
  's.tpm_limit as s_tpm_limit',
  's.rpm_limit as s_rpm_limit',
  's.quota_limit as s_quota_limit',
  's.starts_at as s_starts_at',
  's.expires_at as s_expires_at',
  's.status_reason as s_status_reason',
  's.created_at as s_created_at',
  's.updated_at as s_updated_at',
] as const;

function walkedSecretFromRow(row: WalkRow): WalkedSecret {
  const { generation, state, minting_since, valid_until, tenant_id } = row;
  return {
    key: apiKeyFromRow(row),
    secret: secretFromRow({
      ...{ tenant_id, generation, state, minting_since, valid_until },
      api_key_id: row.id,
      key_hash: row.secret_key_hash,
      key_prefix: row.secret_key_prefix,
      lite_llm_key_id: row.secret_lite_llm_key_id,
      created_at: row.secret_created_at,
      updated_at: row.secret_updated_at,
    }),
    subscription: subscriptionFromRow({
      tenant_id,
      id: row.subscription_id,
      user_id: row.user_id,
      name: row.s_name,
      status: row.s_status,
      is_default: row.s_is_default,
      models: row.s_models,
      max_budget: row.s_max_budget,
      budget_duration: row.s_budget_duration,
      tpm_limit: row.s_tpm_limit,
      rpm_limit: row.s_rpm_limit,
      quota_limit: row.s_quota_limit,
      starts_at: row.s_starts_at,
      expires_at: row.s_expires_at,
      status_reason: row.s_status_reason,
      created_at: row.s_created_at,
      updated_at: row.s_updated_at,
    }),
    ...ownerFromRow(row),
    hasTask: Boolean(row.has_task),
  };
}
