import type {
  ApiKey,
  ApiKeySecretRecord,
  AuditEntry,
  IdempotentCall,
  ReconcileRun,
  StoredAnswer,
  Subscription,
  SyncTask,
  Tenant,
  UsageEvent,
  User,
} from '@keywright/core';

/** A task with the token that only its holder knows. */
export interface StoredTask extends SyncTask {
  leaseToken: string | null;
  /** Until when LiteLLM may still commit what it was asked for. */
  unsettledUntil: Date | null;
}

/** A call with an idempotency key: held while it has a lease, finished once it has an answer. */
export interface StoredCall {
  tenantId: string;
  call: IdempotentCall;
  requestHash: string;
  lease: { token: string; until: Date } | null;
  answer: StoredAnswer | null;
  expiresAt: Date;
}

/** What belongs to a name of several parts. No separator inside a part can make two names equal. */
export const rowId = (...parts: (string | number)[]): string => JSON.stringify(parts);

/**
 * Rows by id. A row that is written is copied, and a row that is read must be treated as frozen: change it by writing
 * a new one.
 */
export class MemoryTable<Row extends object> {
  #rows = new Map<string, Row>();

  get(id: string): Readonly<Row> | undefined {
    return this.#rows.get(id);
  }

  set(id: string, row: Row): void {
    this.#rows.set(id, structuredClone(row));
  }

  delete(id: string): boolean {
    return this.#rows.delete(id);
  }

  all(): Readonly<Row>[] {
    return [...this.#rows.values()];
  }

  /** Notes the table as it is now; the function that it returns brings that back. Rows are never changed in place. */
  snapshot(): () => void {
    const rows = new Map(this.#rows);
    return () => {
      this.#rows = rows;
    };
  }
}

/** One table per table of `docs/database-schema.md`. */
export class MemoryState {
  readonly tenants = new MemoryTable<Tenant>();
  /** By tenant and id. */
  readonly users = new MemoryTable<User>();
  readonly subscriptions = new MemoryTable<Subscription>();
  readonly keys = new MemoryTable<ApiKey>();
  /** By hash. */
  readonly secrets = new MemoryTable<ApiKeySecretRecord>();
  /** By tenant, entity and id. */
  readonly tasks = new MemoryTable<StoredTask>();
  readonly audit = new MemoryTable<AuditEntry>();
  /** By reservation and sequence number. */
  readonly events = new MemoryTable<UsageEvent>();
  /** By tenant, user, route and key. */
  readonly idempotencyKeys = new MemoryTable<StoredCall>();
  readonly reconcileRuns = new MemoryTable<ReconcileRun>();

  snapshot(): () => void {
    const tables = [
      this.tenants,
      this.users,
      this.subscriptions,
      this.keys,
      this.secrets,
      this.tasks,
      this.audit,
      this.events,
      this.idempotencyKeys,
      this.reconcileRuns,
    ];
    const restores = tables.map((table) => table.snapshot());
    return () => {
      for (const restore of restores) restore();
    };
  }

  user(tenantId: string, id: string): Readonly<User> | undefined {
    return this.users.get(rowId(tenantId, id));
  }

  /** As a database finds a UUID: whatever its case. */
  subscription(tenantId: string, id: string): Readonly<Subscription> | undefined {
    const row = this.subscriptions.get(id.toLowerCase());
    return row?.tenantId === tenantId ? row : undefined;
  }

  key(tenantId: string, id: string): Readonly<ApiKey> | undefined {
    const row = this.keys.get(id.toLowerCase());
    return row?.tenantId === tenantId ? row : undefined;
  }
}
