import type { NewAuditEntry } from '@keywright/core';
import { type Selectable, sql } from 'kysely';
import { auditLogsColumns } from '../audit/audit-logs-table.ts';
import { auditEntryToRow } from '../audit/audit-row.ts';
import type { Db } from '../database/database.ts';
import { rowToSelect } from '../database/storable.ts';
import { toUuid } from '../database/values.ts';
import type { ApiKeysTable } from './api-keys-table.ts';

/**
 * creating -> active. The task ends, unless the key was marked meanwhile (its subscription changed while LiteLLM was
 * asked): then it stays, free for anyone. The key is locked before its task is touched: a statement that waited for
 * another one sees what that one left, so either all of this happens or nothing.
 */
export function activate(
  db: Db,
  tenantId: string,
  given: { id: string; leaseToken: string; audit: NewAuditEntry; now: Date },
): Promise<Selectable<ApiKeysTable> | undefined> {
  const { now } = given;
  const id = toUuid(given.id);
  const auditRow = rowToSelect(auditLogsColumns, auditEntryToRow(tenantId, given.audit, now));
  return withTaskEnded(db, tenantId, id, given)
    .with('key', (cte) =>
      cte
        .updateTable('api_keys as k')
        .from('task')
        .set({ ...activeKey(now), sync_status: sql`case when task.is_due_again then 'pending' else 'synced' end` })
        .where('k.tenant_id', '=', tenantId)
        .where('k.id', '=', id)
        .returningAll('k'),
    )
    .with('secret', (cte) =>
      cte
        .updateTable('api_key_secrets as s')
        .from('key')
        .set(liveSecret(now))
        .whereRef('s.key_hash', '=', 'key.key_hash'),
    )
    .with('audit', (cte) =>
      cte
        .insertInto('audit_logs')
        .columns(auditRow.names)
        .expression(({ selectFrom }) => selectFrom('key').select(auditRow.values)),
    )
    .selectFrom('key')
    .selectAll()
    .executeTakeFirst();
}

/** The task of a creating key, if it holds the token: ended, or freed when it is due again. */
function withTaskEnded(db: Db, tenantId: string, id: string, { leaseToken, now }: { leaseToken: string; now: Date }) {
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
        .selectFrom('sync_tasks as t')
        .innerJoin('candidate as c', 'c.tenant_id', 't.tenant_id')
        .select(['t.tenant_id', 't.entity', 't.entity_id', sql<boolean>`t.due_at <> t.lease_until`.as('is_due_again')])
        .where('t.entity', '=', 'key')
        .where('t.entity_id', '=', sql<string>`cast(c.id as text)`)
        .where('t.lease_token', '=', leaseToken)
        .forUpdate('t'),
    )
    .with('ended', (cte) =>
      cte.deleteFrom('sync_tasks as t').using('task').where(isTask).where('task.is_due_again', '=', false),
    )
    .with('freed', (cte) =>
      cte
        .updateTable('sync_tasks as t')
        .from('task')
        .set({ lease_until: null, lease_token: null, updated_at: now })
        .where(isTask)
        .where('task.is_due_again', '=', true),
    );
}

const isTask = sql<boolean>`(t.tenant_id, t.entity, t.entity_id) = (task.tenant_id, task.entity, task.entity_id)`;

/** LiteLLM's id of a key is the hash of its secret. */
function activeKey(now: Date) {
  return {
    lifecycle: 'active' as const,
    lite_llm_key_id: sql<string>`encode(key_hash, 'hex')`,
    sync_error: null,
    last_sync_at: sql<Date>`created_at`, // what LiteLLM was given was decided a little after
    updated_at: now,
    version: sql<number>`version + 1`,
  };
}

function liveSecret(now: Date) {
  return {
    state: 'live' as const,
    lite_llm_key_id: sql<string>`encode(s.key_hash, 'hex')`,
    minting_since: null,
    updated_at: now,
  };
}
