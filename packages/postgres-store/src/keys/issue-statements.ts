import type { Lease, NewApiKey, NewAuditEntry } from '@keywright/core';
import { type Selectable, sql } from 'kysely';
import { auditLogsColumns } from '../audit/audit-logs-table.ts';
import { auditEntryToRow } from '../audit/audit-row.ts';
import type { Db } from '../database/database.ts';
import { rowToSelect } from '../database/storable.ts';
import { toUuid } from '../database/values.ts';
import { inMs } from '../sync/database-time.ts';
import { apiKeySecretsColumns } from './api-key-secrets-table.ts';
import { newApiKeyToRow, newSecretToRow } from './api-key-row.ts';
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
            .select(keyRow.values.map((value, index) => value.as(`v${index}`)))
            .where('counted.keys', '<', sql<number>`cast(${maxKeysPerUser} as bigint)`),
        )
        .returningAll(),
    )
    .with('secret', (cte) =>
      cte
        .insertInto('api_key_secrets')
        .columns(secretRow.names)
        .expression(({ selectFrom }) =>
          selectFrom('key').select(secretRow.values.map((value, index) => value.as(`v${index}`))),
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

/**
 * creating -> active. The key is locked before its task is taken away: a statement that waited for another one sees
 * what that one left, so either all of this happens or nothing.
 */
export function activate(
  db: Db,
  tenantId: string,
  given: { id: string; leaseToken: string; audit: NewAuditEntry; now: Date },
): Promise<Selectable<ApiKeysTable> | undefined> {
  const { now } = given;
  const id = toUuid(given.id);
  const auditRow = rowToSelect(auditLogsColumns, auditEntryToRow(tenantId, given.audit, now));
  const liteLlmKeyId = sql<string>`encode(key_hash, 'hex')`;
  return db
    .with('candidate', (cte) =>
      cte
        .selectFrom('api_keys')
        .select(['tenant_id', 'id'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('lifecycle', '=', 'creating')
        .forNoKeyUpdate(),
    )
    .with('task', (cte) =>
      cte
        .deleteFrom('sync_tasks as t')
        .using('candidate as c')
        .whereRef('t.tenant_id', '=', 'c.tenant_id')
        .where('t.entity', '=', 'key')
        .where('t.entity_id', '=', sql<string>`cast(c.id as text)`)
        .where('t.lease_token', '=', given.leaseToken)
        .returning('t.entity_id'),
    )
    .with('key', (cte) =>
      cte
        .updateTable('api_keys as k')
        .from('task')
        .set({
          lifecycle: 'active',
          lite_llm_key_id: liteLlmKeyId,
          sync_status: 'synced',
          sync_error: null,
          last_sync_at: now,
          updated_at: now,
          version: sql<number>`version + 1`,
        })
        .where('k.tenant_id', '=', tenantId)
        .where('k.id', '=', id)
        .returningAll('k'),
    )
    .with('secret', (cte) =>
      cte
        .updateTable('api_key_secrets as s')
        .from('key')
        .set({ state: 'live', lite_llm_key_id: sql<string>`encode(s.key_hash, 'hex')`, minting_since: null, updated_at: now })
        .whereRef('s.key_hash', '=', 'key.key_hash'),
    )
    .with('audit', (cte) =>
      cte
        .insertInto('audit_logs')
        .columns(auditRow.names)
        .expression(({ selectFrom }) => selectFrom('key').select(auditRow.values.map((value, index) => value.as(`v${index}`)))),
    )
    .selectFrom('key')
    .selectAll()
    .executeTakeFirst();
}
