import type { NewAuditEntry } from '@keywright/core';
import { type Selectable, sql } from 'kysely';
import { auditLogsColumns } from '../audit/audit-logs-table.ts';
import { auditEntryToRow } from '../audit/audit-row.ts';
import type { Db } from '../database/database.ts';
import { rowToSelect } from '../database/storable.ts';
import { toUuid } from '../database/values.ts';
import type { ApiKeysTable } from './api-keys-table.ts';

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
        .set(activeKey(now))
        .where('k.tenant_id', '=', tenantId)
        .where('k.id', '=', id)
        .returningAll('k'),
    )
    .with('secret', (cte) =>
      cte
        .updateTable('api_key_secrets as s')
        .from('key')
        .set({
          state: 'live',
          lite_llm_key_id: sql<string>`encode(s.key_hash, 'hex')`,
          minting_since: null,
          updated_at: now,
        })
        .whereRef('s.key_hash', '=', 'key.key_hash'),
    )
    .with('audit', (cte) =>
      cte
        .insertInto('audit_logs')
        .columns(auditRow.names)
        .expression(({ selectFrom }) =>
          selectFrom('key').select(auditRow.values.map((value, index) => value.as(`v${index}`))),
        ),
    )
    .selectFrom('key')
    .selectAll()
    .executeTakeFirst();
}

/** LiteLLM's id of a key is the hash of its secret. */
function activeKey(now: Date) {
  return {
    lifecycle: 'active' as const,
    lite_llm_key_id: sql<string>`encode(key_hash, 'hex')`,
    sync_status: 'synced' as const,
    sync_error: null,
    last_sync_at: now,
    updated_at: now,
    version: sql<number>`version + 1`,
  };
}
