import type { ApiKeySecretRecord } from '@keywright/core';
import { type Selectable, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { checkRow, rowToSelect } from '../database/storable.ts';
import { toHash, toUuid } from '../database/values.ts';
import { databaseNow } from '../sync/database-time.ts';
import { type ApiKeySecretsTable, apiKeySecretsColumns } from './api-key-secrets-table.ts';

/**
 * The next secret of a key, if the key is there. The caller holds the lock on the key's row since an earlier statement,
 * so this one's snapshot shows every generation that was written under that lock.
 */
export function insertSecret(
  db: Db,
  tenantId: string,
  given: { id: string; secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'>; now: Date },
): Promise<Selectable<ApiKeySecretsTable> | undefined> {
  const { id, secret, now } = given;
  const row = rowToSelect(
    apiKeySecretsColumns,
    checkRow(apiKeySecretsColumns, {
      key_hash: toHash(secret.keyHash),
      key_prefix: secret.keyPrefix,
      state: 'minting' as const,
      created_at: now,
      updated_at: now,
    }),
  );
  return db
    .insertInto('api_key_secrets')
    .columns(['tenant_id', 'api_key_id', 'generation', 'minting_since', ...row.names])
    .expression(({ selectFrom }) =>
      selectFrom('api_keys as k')
        .select((eb) => [
          'k.tenant_id',
          'k.id as api_key_id',
          eb
            .selectFrom('api_key_secrets as x')
            .select(sql<number>`coalesce(max(x.generation), 0) + 1`.as('generation'))
            .whereRef('x.tenant_id', '=', 'k.tenant_id')
            .whereRef('x.api_key_id', '=', 'k.id')
            .as('generation'),
          databaseNow.as('minting_since'),
          ...row.values,
        ])
        .where('k.tenant_id', '=', tenantId)
        .where('k.id', '=', toUuid(id)),
    )
    .returningAll()
    .executeTakeFirst();
}
