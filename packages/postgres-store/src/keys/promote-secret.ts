import { type Selectable, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { toHash } from '../database/values.ts';
import { apiKeySecretsColumns } from './api-key-secrets-table.ts';
import type { ApiKeysTable } from './api-keys-table.ts';

/**
 * minting -> live, in one statement: the other secrets retire, and the key shows the new one. The caller holds the lock
 * on the key's row since an earlier statement, so this one's snapshot shows every secret of it.
 */
export function promoteSecret(
  db: Db,
  tenantId: string,
  given: { keyHash: string; othersUntil: Date; now: Date },
): Promise<Selectable<ApiKeysTable> | undefined> {
  const { keyHash, now } = given;
  const { valid_until } = checkRow(apiKeySecretsColumns, { valid_until: given.othersUntil });
  return db
    .with('secret', (cte) =>
      cte
        .updateTable('api_key_secrets')
        .set({
          state: 'live',
          lite_llm_key_id: sql<string>`encode(key_hash, 'hex')`, // LiteLLM's id of a key is the hash of its secret
          minting_since: null,
          valid_until: null,
          updated_at: now,
        })
        .where('tenant_id', '=', tenantId)
        .where('key_hash', '=', toHash(keyHash))
        .where('state', '=', 'minting')
        .returning(['tenant_id', 'api_key_id', 'key_hash', 'key_prefix', 'lite_llm_key_id']),
    )
    .with('retired', (cte) =>
      cte
        .updateTable('api_key_secrets as x')
        .from(['secret', 'api_keys as k'])
        .set({
          state: 'retiring',
          valid_until: sql<Date>`least(x.valid_until, ${valid_until})`,
          // what LiteLLM was found to lack stays so, also when the key as a whole is not `unmirrored` any more
          lite_llm_key_id: sql<string | null>`case when k.sync_status <> 'unmirrored' then x.lite_llm_key_id end`,
          updated_at: now,
        })
        .whereRef('k.id', '=', 'secret.api_key_id')
        .whereRef('x.tenant_id', '=', 'secret.tenant_id')
        .whereRef('x.api_key_id', '=', 'secret.api_key_id')
        .whereRef('x.key_hash', '!=', 'secret.key_hash'),
    )
    .updateTable('api_keys as k')
    .from('secret')
    .set(({ ref }) => ({
      key_hash: ref('secret.key_hash'),
      key_prefix: ref('secret.key_prefix'),
      lite_llm_key_id: ref('secret.lite_llm_key_id'),
      version: sql<number>`k.version + 1`,
      updated_at: now,
    }))
    .whereRef('k.tenant_id', '=', 'secret.tenant_id')
    .whereRef('k.id', '=', 'secret.api_key_id')
    .returningAll('k')
    .executeTakeFirst();
}
