import {
  type ApiKey,
  type ApiKeyChange,
  type ApiKeyFilter,
  type ApiKeySecretRecord,
  type ApiKeyStatistics,
  type ApiKeyStore,
  type ApiKeyWithModels,
  type Clock,
  type KeyMirrorSource,
  type Lease,
  type Lifecycle,
  type NewApiKey,
  type NewAuditEntry,
  type Page,
  type PageRequest,
  type Scope,
  type SyncStatus,
  toPage,
} from '@keywright/core';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { toHash, toUuid } from '../database/values.ts';
import { activate } from './activate.ts';
import { apiKeyChangeToRow, apiKeyFromRow, secretFromRow } from './api-key-row.ts';
import { apiKeySecretsColumns } from './api-key-secrets-table.ts';
import { apiKeysColumns } from './api-keys-table.ts';
import { insertCreating } from './insert-creating.ts';
import { insertSecret } from './insert-secret.ts';
import { keysWithModels, listApiKeys } from './list-statement.ts';
import { readMirrorSource } from './mirror-source.ts';
import { promoteSecret } from './promote-secret.ts';
import { readStatistics } from './statistics-statement.ts';

export class PostgresApiKeyStore implements ApiKeyStore {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async insertCreating(
    tenantId: string,
    key: NewApiKey,
    lease: Lease,
    maxKeysPerUser: number,
  ): Promise<ApiKey | undefined> {
    const row = await insertCreating(this.#db, tenantId, { key, lease, maxKeysPerUser, now: this.#now() });
    return row && apiKeyFromRow(row);
  }

  async activate(tenantId: string, id: string, leaseToken: string, audit: NewAuditEntry): Promise<ApiKey | undefined> {
    const row = await activate(this.#db, tenantId, { id, leaseToken, audit, now: this.#now() });
    return row && apiKeyFromRow(row);
  }

  async find(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined> {
    const row = await this.#one(scope, id).executeTakeFirst();
    return row && { key: apiKeyFromRow(row), subscriptionModels: row.subscription_models };
  }

  async lock(scope: Scope, id: string): Promise<ApiKeyWithModels | undefined> {
    const row = await this.#one(scope, id).forNoKeyUpdate('k').executeTakeFirst();
    return row && { key: apiKeyFromRow(row), subscriptionModels: row.subscription_models };
  }

  mirrorSource(tenantId: string, id: string): Promise<KeyMirrorSource | undefined> {
    return readMirrorSource(this.#db, tenantId, id);
  }

  async settleMinting(tenantId: string, keyHash: string): Promise<void> {
    await this.#db
      .updateTable('api_key_secrets')
      .set({ minting_since: null, updated_at: this.#now() })
      .where('tenant_id', '=', tenantId)
      .where('key_hash', '=', toHash(keyHash))
      .execute();
  }

  async list(tenantId: string, filter: ApiKeyFilter, page: PageRequest): Promise<Page<ApiKeyWithModels>> {
    const rows = await listApiKeys(this.#db, tenantId, filter, page, this.#now());
    const items = rows.map((row) => ({ key: apiKeyFromRow(row), subscriptionModels: row.subscription_models }));
    return toPage(items, page.limit, ({ key }) => ({ createdAt: key.createdAt, id: key.id }));
  }

  async update(tenantId: string, id: string, change: ApiKeyChange, ifVersion?: number): Promise<ApiKey | undefined> {
    let query = this.#update(tenantId, id).set(apiKeyChangeToRow(change, this.#now())).returningAll();
    if (ifVersion !== undefined) query = query.where('version', '=', ifVersion);
    const row = await query.executeTakeFirst();
    return row && apiKeyFromRow(row);
  }

  async moveLifecycle(
    tenantId: string,
    id: string,
    from: readonly Lifecycle[],
    to: Lifecycle,
    syncError?: string,
  ): Promise<ApiKey | undefined> {
    const values = checkRow(apiKeysColumns, { lifecycle: to, sync_error: syncError, updated_at: this.#now() });
    const row = await this.#update(tenantId, id).set(values).where(isOneOf(from)).returningAll().executeTakeFirst();
    return row && apiKeyFromRow(row);
  }

  async insertSecret(
    tenantId: string,
    id: string,
    secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'>,
  ): Promise<ApiKeySecretRecord | undefined> {
    const row = await insertSecret(this.#db, tenantId, { id, secret, now: this.#now() });
    return row && secretFromRow(row);
  }

  async promoteSecret(tenantId: string, keyHash: string, othersUntil: Date): Promise<ApiKey | undefined> {
    const row = await promoteSecret(this.#db, tenantId, { keyHash, othersUntil, now: this.#now() });
    return row && apiKeyFromRow(row);
  }

  async abandonSecret(tenantId: string, keyHash: string, at: Date): Promise<boolean> {
    const row = await this.#db
      .updateTable('api_key_secrets')
      .set(checkRow(apiKeySecretsColumns, { state: 'retiring' as const, valid_until: at, updated_at: this.#now() }))
      .where('tenant_id', '=', tenantId)
      .where('key_hash', '=', toHash(keyHash))
      .where('state', '=', 'minting')
      .returning('generation')
      .executeTakeFirst();
    return row !== undefined;
  }

  async removeSecret(tenantId: string, keyHash: string): Promise<boolean> {
    const row = await this.#db
      .deleteFrom('api_key_secrets')
      .where('tenant_id', '=', tenantId)
      .where('key_hash', '=', toHash(keyHash))
      .where('state', '=', 'retiring')
      .returning('generation')
      .executeTakeFirst();
    return row !== undefined;
  }

  async recordSync(tenantId: string, id: string, status: SyncStatus, error: string | null, asOf?: Date): Promise<void> {
    const now = this.#now();
    const syncedAt = status === 'synced' ? { last_sync_at: asOf ?? now } : {};
    await this.#db
      .updateTable('api_keys')
      .set(checkRow(apiKeysColumns, { sync_status: status, sync_error: error, updated_at: now, ...syncedAt }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', toUuid(id))
      .execute();
  }

  async remove(tenantId: string, id: string, from: readonly Lifecycle[]): Promise<boolean> {
    const row = await this.#db
      .deleteFrom('api_keys')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', toUuid(id))
      .where(isOneOf(from))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  statistics(tenantId: string, userId: string): Promise<ApiKeyStatistics> {
    return readStatistics(this.#db, tenantId, userId, this.#now());
  }

  #one(scope: Scope, id: string) {
    const query = keysWithModels(this.#db, scope.tenantId).where('k.id', '=', toUuid(id));
    return scope.userId === undefined ? query : query.where('k.user_id', '=', scope.userId);
  }

  /** A change of one row, which raises its version. */
  #update(tenantId: string, id: string) {
    return this.#db
      .updateTable('api_keys')
      .set({ version: sql<number>`version + 1` })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', toUuid(id));
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** Of no lifecycle when the list is empty, where `in ()` would be no SQL. */
function isOneOf(lifecycles: readonly Lifecycle[]) {
  return sql<boolean>`lifecycle = any (cast(${[...lifecycles]} as text[]))`;
}
