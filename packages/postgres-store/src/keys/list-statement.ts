import type { ApiKeyFilter, ApiKeyStatus, PageRequest } from '@keywright/core';
import { type Expression, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import { comesAfter, contains, startsWith } from '../database/conditions.ts';
import type { Db } from '../database/database.ts';
import { toUuid } from '../database/values.ts';
import type { ApiKeysTable } from './api-keys-table.ts';

export type KeyWithModelsRow = Selectable<ApiKeysTable> & { subscription_models: string[] };

/** Keys (`k`) of a tenant with the models that their subscriptions (`s`) have now. */
export function keysWithModels(db: Db, tenantId: string) {
  return db
    .selectFrom('api_keys as k')
    .innerJoin('subscriptions as s', (join) =>
      join.onRef('s.tenant_id', '=', 'k.tenant_id').onRef('s.id', '=', 'k.subscription_id'),
    )
    .selectAll('k')
    .select('s.models as subscription_models')
    .where('k.tenant_id', '=', tenantId);
}

/** One row more than the page holds, newest first. */
export function listApiKeys(
  db: Db,
  tenantId: string,
  filter: ApiKeyFilter,
  page: PageRequest,
  now: Date,
): Promise<KeyWithModelsRow[]> {
  const { userId, subscriptionId, status, model, search, includeDeleting } = filter;
  const { after } = page;
  let query = keysWithModels(db, tenantId).where(
    'k.lifecycle',
    'in',
    includeDeleting ? (['active', 'deleting'] as const) : (['active'] as const),
  );
  if (userId !== undefined) query = query.where('k.user_id', '=', userId);
  if (subscriptionId !== undefined) query = query.where('k.subscription_id', '=', toUuid(subscriptionId));
  if (status !== undefined) query = query.where(statusIs(status, now));
  if (model !== undefined) {
    query = query.where(
      sql<SqlBool>`cast(${model} as text) = any (s.models) and (k.models is null or cast(${model} as text) = any (k.models))`,
    );
  }
  if (search !== undefined) {
    query = query.where(({ or, ref }) =>
      or([contains(ref('k.name'), search), startsWith(ref('k.key_prefix'), search)]),
    );
  }
  if (after) {
    const position = { ...after, id: toUuid(after.id) };
    query = query.where(({ ref }) => comesAfter({ createdAt: ref('k.created_at'), id: ref('k.id') }, position));
  }
  return query
    .orderBy('k.created_at', 'desc')
    .orderBy('k.id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/**
 * What core's `apiKeyStatus` decides, as conditions on a key `k` that indexes exist for. The contract suite holds the
 * two together.
 */
function statusIs(status: ApiKeyStatus, now: Date): RawBuilder<SqlBool> {
  switch (status) {
    case 'deleting':
      return sql`k.lifecycle = 'deleting'`;
    case 'revoked':
      return sql`k.lifecycle <> 'deleting' and k.revoked_at is not null`;
    case 'blocked':
      return sql`k.lifecycle <> 'deleting' and k.revoked_at is null and not k.is_active`;
    case 'expired':
      return sql`k.lifecycle <> 'deleting' and k.revoked_at is null and k.is_active and k.expires_at <= ${now}`;
    case 'active':
      return sql`k.lifecycle <> 'deleting' and k.revoked_at is null and k.is_active
        and (k.expires_at is null or k.expires_at > ${now})`;
  }
}

/** What core's `apiKeyStatus` says of a key `k`. The contract suite holds the two together. */
export function statusOf(lifecycle: Expression<string>, now: Date): RawBuilder<ApiKeyStatus> {
  return sql<ApiKeyStatus>`case
    when ${lifecycle} = 'deleting' then 'deleting'
    when k.revoked_at is not null then 'revoked'
    when not k.is_active then 'blocked'
    when k.expires_at <= ${now} then 'expired'
    else 'active' end`;
}
