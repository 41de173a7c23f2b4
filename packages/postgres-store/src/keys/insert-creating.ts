import type { Lease, NewApiKey } from '@keywright/core';
import { type Selectable, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { rowToSelect } from '../database/storable.ts';
import { databaseNow, inMs } from '../sync/database-time.ts';
import { newApiKeyToRow, newSecretToRow } from './api-key-row.ts';
import { apiKeySecretsColumns } from './api-key-secrets-table.ts';
import { type ApiKeysTable, apiKeysColumns } from './api-keys-table.ts';

/**
 * Key, secret and leased task, if fewer than `maxKeysPerUser` keys of the user count. The caller holds the lock on the
 * user's row since an earlier statement, so this one's snapshot shows every key that was written under that lock.
 */
export function insertCreating(
  db: Db,
  tenantId: string,
  given: { key: NewApiKey; lease: Lease; maxKeysPerUser: number; now: Date },
): Promise<Selectable<ApiKeysTable> | undefined> {
  const { key, lease, maxKeysPerUser, now } = given;
  const keyRow = rowToSelect(apiKeysColumns, newApiKeyToRow(tenantId, key, now));
  const secretRow = rowToSelect(apiKeySecretsColumns, newSecretToRow(tenantId, key, now));
  const leaseUntil = inMs(lease.ms);
  return db
    .with('counted', (cte) =>
      cte
        .selectFrom('api_keys')
        .select(({ fn }) => fn.countAll().as('keys'))
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', key.userId)
        .where('lifecycle', 'in', ['creating', 'active'])
        .where('revoked_at', 'is', null)
        .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)])),
    )
    .with('key', (cte) =>
      cte
        .insertInto('api_keys')
        .columns(keyRow.names)
        .expression(({ selectFrom }) =>
          selectFrom('counted')
            .select(keyRow.values)
            .where('counted.keys', '<', sql<number>`cast(${maxKeysPerUser} as bigint)`),
        )
        .returningAll(),
    )
    .with('secret', (cte) =>
      cte
        .insertInto('api_key_secrets')
        .columns([...secretRow.names, 'minting_since'])
        .expression(({ selectFrom }) =>
          // how late LiteLLM may still commit is counted on the database's clock, like every lease
          selectFrom('key').select([...secretRow.values, databaseNow.as('minting_since')]),
        ),
    )
    .with('task', (cte) =>
      cte
        .insertInto('sync_tasks')
        .columns(['tenant_id', 'entity', 'entity_id', 'due_at', 'lease_until', 'lease_token'])
        .expression(({ selectFrom }) =>
          selectFrom('key').select([
            'key.tenant_id',
            sql<'key'>`'key'`.as('entity'),
            sql<string>`cast(key.id as text)`.as('entity_id'),
            leaseUntil.as('due_at'),
            leaseUntil.as('lease_until'),
            sql<string>`cast(${lease.token} as text)`.as('lease_token'),
          ]),
        ),
    )
    .selectFrom('key')
    .selectAll()
    .executeTakeFirst();
}
