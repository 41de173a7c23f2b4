import {
  type Clock,
  invalidField,
  type NewTenant,
  type SyncStatus,
  type Tenant,
  type TenantChange,
  type TenantStore,
  teamIsTaken,
} from '@keywright/core';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { violatedConstraint } from '../database/storage-error.ts';
import { tenantChangeToRow, tenantFromRow } from './tenant-row.ts';
import { tenantsColumns } from './tenants-table.ts';

export class PostgresTenantStore implements TenantStore {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async insert(tenantId: string, tenant: NewTenant): Promise<Tenant | undefined> {
    const now = this.#now();
    const row = await this.#db
      .insertInto('tenants')
      .values(checkRow(tenantsColumns, { ...tenantChangeToRow(tenant, now), id: tenantId, created_at: now }))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returningAll()
      .executeTakeFirst()
      .catch(refuseTakenTeam);
    return row && tenantFromRow(row);
  }

  async find(tenantId: string): Promise<Tenant | undefined> {
    const row = await this.#one(tenantId).executeTakeFirst();
    return row && tenantFromRow(row);
  }

  /** NO KEY UPDATE is all that an update takes; users that are recorded meanwhile only refer to the row. */
  async lock(tenantId: string): Promise<Tenant | undefined> {
    const row = await this.#one(tenantId).forNoKeyUpdate().executeTakeFirst();
    return row && tenantFromRow(row);
  }

  async update(tenantId: string, change: TenantChange): Promise<Tenant | undefined> {
    const row = await this.#db
      .updateTable('tenants')
      .set(tenantChangeToRow(change, this.#now()))
      .where('id', '=', tenantId)
      .returningAll()
      .executeTakeFirst()
      .catch(refuseTakenTeam);
    return row && tenantFromRow(row);
  }

  /** Not for a tenant whose team was taken away meanwhile. */
  async recordSync(tenantId: string, status: SyncStatus, error: string | null): Promise<void> {
    const now = this.#now();
    const syncedAt = status === 'synced' ? { last_sync_at: now } : {};
    await this.#db
      .updateTable('tenants')
      .set(checkRow(tenantsColumns, { sync_status: status, sync_error: error, updated_at: now, ...syncedAt }))
      .where('id', '=', tenantId)
      .where('lite_llm_team_id', 'is not', null)
      .execute();
  }

  #one(tenantId: string) {
    return this.#db.selectFrom('tenants').selectAll().where('id', '=', tenantId);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function refuseTakenTeam(error: unknown): never {
  if (violatedConstraint(error) === 'tenants_lite_llm_team_id_key') throw invalidField('liteLlmTeamId', teamIsTaken);
  throw error;
}
