import { type Actor, authorise, type Reach } from '../actor.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../clock.ts';
import { KeywrightError } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import type { Page, PageRequest } from '../page.ts';
import { pick } from '../pick.ts';
import type { Storage } from '../storage.ts';
import type { SyncSummary } from './ports.ts';
import type { ReconcileRun } from './reconcile/ports.ts';
import type { SyncEntity, SyncTask } from './sync-task.ts';
import type { SyncWorker } from './sync-worker.ts';

const tenantReach: Reach = { of: 'tenant' };

/** What still differs between Postgres and LiteLLM, for admins and operators. */
export class SyncService {
  readonly #storage: Storage;
  readonly #worker: SyncWorker;
  readonly #clock: Clock;

  constructor(parts: { storage: Storage; worker: SyncWorker; clock: Clock }) {
    this.#storage = parts.storage;
    this.#worker = parts.worker;
    this.#clock = parts.clock;
  }

  /** How many entries are pending and dead, and how old the oldest pending one is. */
  async summary(actor: Actor, reach: Reach = tenantReach): Promise<SyncSummary> {
    const { tenantId } = authorise(actor, reach, 'read');
    return this.#storage.syncTasks.summary(tenantId);
  }

  /** When everything was last compared with LiteLLM, and how that ended. What it found is of all tenants, so not told. */
  async lastReconcile(
    actor: Actor,
    reach: Reach = tenantReach,
  ): Promise<Pick<ReconcileRun, 'startedAt' | 'finishedAt' | 'repair' | 'outcome'> | undefined> {
    authorise(actor, reach, 'read');
    const run = await this.#storage.unscoped.lastReconcile();
    return run && pick(run, ['startedAt', 'finishedAt', 'repair', 'outcome']);
  }

  /** Newest first. */
  async list(actor: Actor, page: PageRequest, reach: Reach = tenantReach): Promise<Page<SyncTask>> {
    const { tenantId } = authorise(actor, reach, 'read');
    return this.#storage.syncTasks.list(tenantId, page);
  }

  /** Makes a task due at once, also a dead one. Throws `sync_task_not_found`. */
  async retry(actor: Actor, entity: SyncEntity, entityId: string, reach: Reach = tenantReach): Promise<void> {
    const { tenantId } = authorise(actor, reach, 'write');
    const taskId = entity === 'key' ? canonicalId(entityId) : entityId; // those of users and tenants are the host's
    await this.#storage.transaction(async (stores) => {
      if (!(await stores.syncTasks.retry(tenantId, entity, taskId))) {
        throw new KeywrightError('sync_task_not_found', 'There is no such entry: both systems agree on it.');
      }
      const resource = { resourceType: 'sync_task' as const, resourceId: `${entity}/${taskId}` };
      const entry = auditEntry(this.#clock, actor, { tenantId, action: 'SYNC_TASK_RETRY', ...resource });
      await stores.audit.append(tenantId, entry);
    });
    this.#worker.kick();
  }

  /** Runs what is due now, in this process; returns how many tasks were run. For a cron job or a test. */
  runDue(): Promise<number> {
    return this.#worker.runDue();
  }
}
