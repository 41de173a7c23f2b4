import { type Actor, assertOperator } from '../actor.ts';
import { type AuditAction, type AuditData, auditEntry, type NewAuditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { KeywrightError } from '../errors.ts';
import { definedOnly, parseInput } from '../input.ts';
import type { Invalidations } from '../keys/invalidations.ts';
import type { Page, PageRequest } from '../page.ts';
import { changes, pick } from '../pick.ts';
import type { Storage } from '../storage.ts';
import type { SyncWorker } from '../sync/sync-worker.ts';
import type { Tenant } from './tenant.ts';
import {
  type CreateTenantInput,
  createTenantInput,
  type ListTenantsInput,
  listTenantsInput,
  type UpdateTenantInput,
  updateTenantInput,
} from './tenant-input.ts';

/** The organisations, for operators alone. A tenant that is never named here is recorded with its first subscription. */
export class TenantService {
  readonly #storage: Storage;
  readonly #invalidations: Invalidations;
  readonly #worker: SyncWorker;
  readonly #clock: Clock;

  constructor(parts: { storage: Storage; invalidations: Invalidations; worker: SyncWorker; clock: Clock }) {
    this.#storage = parts.storage;
    this.#invalidations = parts.invalidations;
    this.#worker = parts.worker;
    this.#clock = parts.clock;
  }

  /** Newest first. */
  async list(actor: Actor, input: ListTenantsInput, page: PageRequest): Promise<Page<Tenant>> {
    const filter = parseInput(listTenantsInput, input);
    assertOperator(actor);
    return this.#storage.unscoped.listTenants(filter, page);
  }

  /** Throws `tenant_not_found`. */
  async get(actor: Actor, tenantId: string): Promise<Tenant> {
    assertOperator(actor);
    const tenant = await this.#storage.tenants.find(tenantId);
    if (!tenant) throw tenantNotFound();
    return tenant;
  }

  /** Throws `validation_failed`, `tenant_exists`. */
  async create(actor: Actor, input: CreateTenantInput): Promise<Tenant> {
    const { id, name = null, isActive = true, liteLlmTeamId = null } = parseInput(createTenantInput, input);
    assertOperator(actor);
    const tenant = await this.#storage.transaction(async (stores) => {
      const syncStatus = liteLlmTeamId === null ? null : ('pending' as const);
      const created = await stores.tenants.insert(id, { name, isActive, liteLlmTeamId, syncStatus });
      if (!created)
        throw new KeywrightError('tenant_exists', 'There is a tenant with this id already: change that one.');
      if (liteLlmTeamId !== null) await stores.syncTasks.mark(id, 'team', id);
      await stores.audit.append(id, this.#entry(actor, 'TENANT_CREATE', id, { after: auditTenant(created) }));
      return created;
    });
    this.#worker.kick();
    return tenant;
  }

  /**
   * A tenant that is deactivated has no key that works, here at once and soon in LiteLLM. Throws `validation_failed`,
   * `tenant_not_found`.
   */
  async update(actor: Actor, tenantId: string, input: UpdateTenantInput): Promise<Tenant> {
    const change = definedOnly(parseInput(updateTenantInput, input));
    assertOperator(actor);
    const tenant = await this.#storage.transaction(async (stores) => {
      const before = await stores.tenants.lock(tenantId);
      if (!before) throw tenantNotFound();
      if (!changes(before, change)) return before;
      const teamId = change.liteLlmTeamId === undefined ? before.liteLlmTeamId : change.liteLlmTeamId;
      const syncStatus = teamId === null ? null : ('pending' as const);
      const after = await stores.tenants.update(tenantId, { ...change, syncStatus, syncError: null });
      if (!after) throw tenantNotFound();
      if (teamId !== null) await stores.syncTasks.mark(tenantId, 'team', tenantId);
      if (before.isActive !== after.isActive || before.liteLlmTeamId !== teamId) {
        await stores.syncTasks.markKeysOf(tenantId, {});
      }
      const data = { before: auditTenant(before), after: auditTenant(after) };
      await stores.audit.append(tenantId, this.#entry(actor, 'TENANT_UPDATE', tenantId, data));
      return after;
    });
    this.#invalidations.announce({ of: 'tenant', tenantId });
    this.#worker.kick();
    return tenant;
  }

  #entry(
    actor: Actor,
    action: AuditAction,
    tenantId: string,
    data: { before?: AuditData; after: AuditData },
  ): NewAuditEntry {
    return auditEntry(this.#clock, actor, {
      tenantId,
      action,
      resourceType: 'tenant',
      resourceId: tenantId,
      ...data,
    });
  }
}

function tenantNotFound(): KeywrightError {
  return new KeywrightError('tenant_not_found', 'There is no such tenant.');
}

function auditTenant(tenant: Tenant): AuditData {
  return pick(tenant, ['name', 'isActive', 'liteLlmTeamId']);
}
