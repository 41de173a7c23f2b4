import type { KeyMirrorSource } from '@keywright/core';
import type { Db } from '../database/database.ts';
import { toUuid } from '../database/values.ts';
import { subscriptionFromRow } from '../subscriptions/subscription-row.ts';
import { ownerFromRow, ownerSelection } from '../users/user-row.ts';
import { apiKeyFromRow, secretFromRow } from './api-key-row.ts';

/**
 * Two statements: key with secrets, then what it hangs on. A change between them marks the key's task again, so the
 * work is repeated with what is new.
 */
export async function readMirrorSource(db: Db, tenantId: string, id: string): Promise<KeyMirrorSource | undefined> {
  const rows = await db
    .selectFrom('api_keys as k')
    .innerJoin('api_key_secrets as x', (join) =>
      join.onRef('x.tenant_id', '=', 'k.tenant_id').onRef('x.api_key_id', '=', 'k.id'),
    )
    .selectAll('k')
    .select([
      'x.key_hash as secret_key_hash',
      'x.key_prefix as secret_key_prefix',
      'x.lite_llm_key_id as secret_lite_llm_key_id',
      'x.created_at as secret_created_at',
      'x.updated_at as secret_updated_at',
      'x.generation',
      'x.state',
      'x.minting_since',
      'x.valid_until',
    ])
    .where('k.tenant_id', '=', tenantId)
    .where('k.id', '=', toUuid(id))
    .orderBy('x.generation')
    .execute();
  const [first] = rows;
  const hangsOn = first && (await readSubscription(db, tenantId, first.subscription_id));
  if (!first || !hangsOn) return undefined;
  const secrets = rows.map((row) =>
    secretFromRow({
      tenant_id: row.tenant_id,
      key_hash: row.secret_key_hash,
      api_key_id: row.id,
      generation: row.generation,
      key_prefix: row.secret_key_prefix,
      lite_llm_key_id: row.secret_lite_llm_key_id,
      state: row.state,
      minting_since: row.minting_since,
      valid_until: row.valid_until,
      created_at: row.secret_created_at,
      updated_at: row.secret_updated_at,
    }),
  );
  return { key: apiKeyFromRow(first), secrets, ...hangsOn };
}

async function readSubscription(db: Db, tenantId: string, id: string) {
  const row = await db
    .selectFrom('subscriptions as s')
    .innerJoin('users as u', (join) => join.onRef('u.tenant_id', '=', 's.tenant_id').onRef('u.id', '=', 's.user_id'))
    .innerJoin('tenants as t', 't.id', 's.tenant_id')
    .selectAll('s')
    .select(ownerSelection)
    .where('s.tenant_id', '=', tenantId)
    .where('s.id', '=', id)
    .executeTakeFirst();
  return row && { ...ownerFromRow(row), subscription: subscriptionFromRow(row) };
}
