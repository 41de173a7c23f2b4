import type { ApiKeySecret } from '../keys/api-key-secret.ts';
import type { Page, PageRequest } from '../page.ts';
import type { ClaimedSyncTask, Lease, SyncEntity, SyncTask, SyncTaskKey } from './sync-task.ts';

/**
 * The queue of what still differs between Postgres and LiteLLM. Due times and leases use the database's clock.
 * Claiming sets `dueAt` to the end of the lease, marking sets it to now: so `finish` sees whether the row changed
 * while the task was being worked on.
 */
export interface SyncTaskStore {
  /**
   * Marks an entity as different: due now, attempts back to 0, no longer dead. With a lease, the task is handed to the
   * caller, unless someone else holds it. Returns whether the caller holds it.
   */
  mark(tenantId: string, entity: SyncEntity, entityId: string, lease?: Lease): Promise<boolean>;
  /**
   * Marks every creating and active key of a subscription, of a user, or (of neither) of the tenant; returns how many.
   * One statement.
   */
  markKeysOf(tenantId: string, parent: { subscriptionId?: string; userId?: string }): Promise<number>;
  /**
   * Ends the work on a task. `done`: removed. `due-again`: the row changed meanwhile, or an earlier change may still be
   * committed (`unsettledMs` of `retryLater`), so that a last look is due then; the task stays, free for anyone.
   * `lost`: someone else holds it now; nothing was written, and the caller must write nothing either.
   */
  finish(task: SyncTaskKey, leaseToken: string): Promise<'done' | 'due-again' | 'lost'>;
  /** Gives a task back, to be tried again `afterMs` from now. `failed` counts an attempt. False when lost. */
  retryLater(task: SyncTaskKey, leaseToken: string, again: SyncRetry): Promise<boolean>;
  /**
   * Gives up on a task until an operator retries it. False when lost. When the row changed meanwhile, the task stays due
   * instead: that change has not been tried yet.
   */
  bury(task: SyncTaskKey, leaseToken: string, error: string): Promise<boolean>;
  /** Makes a task due now, with no attempts behind it and no longer dead. False when there is no such task. */
  retry(tenantId: string, entity: SyncEntity, entityId: string): Promise<boolean>;
  /** Newest first. The `id` of a page position is `entity/entityId`. */
  list(tenantId: string, page: PageRequest): Promise<Page<SyncTask>>;
  summary(tenantId: string): Promise<SyncSummary>;
}

export interface SyncRetry {
  afterMs: number;
  error: string | null;
  /** Counts an attempt. */
  failed: boolean;
  /** How long from now LiteLLM may still commit what it was asked for. Later marks do not shorten it. */
  unsettledMs?: number;
}

export interface SyncSummary {
  pending: number;
  dead: number;
  /** Age of the oldest pending task in whole seconds; null when there is none. */
  oldestSeconds: number | null;
  /** What the task that was worked on last failed with; null when none failed. */
  lastError: string | null;
}

/** The queue over all tenants, for the worker alone. */
export interface SyncQueue {
  /** Leases up to `limit` due tasks, each with a token of its own. Several nodes never get the same one. */
  claim(limit: number, leaseMs: number): Promise<ClaimedSyncTask[]>;
  summary(): Promise<SyncSummary>;
}

/** What a key should look like in LiteLLM. */
export interface MirrorKey {
  keyHash: string;
  alias: string;
  liteLlmUserId: string;
  liteLlmTeamId: string | null;
  /** Never empty. */
  models: string[];
  /** Nano-USD. */
  maxBudget: bigint | null;
  softBudget: bigint | null;
  budgetDuration: string | null;
  tpmLimit: number | null;
  rpmLimit: number | null;
  maxParallelRequests: number | null;
  expiresAt: Date | null;
  blocked: boolean;
  metadata: MirrorMetadata;
}

/** A key that LiteLLM shall create. */
export interface NewMirrorKey extends MirrorKey {
  /** What counts as spent already, in nano-USD: that of the secret it replaces. Default 0. */
  spend?: bigint;
}

/** Written into the key's metadata in LiteLLM, so that a key can be recognised as ours. */
export interface MirrorMetadata {
  managed_by: string;
  tenant_id: string;
  user_id: string;
  subscription_id: string;
  key_id: string;
  generation: number;
}

/** A key as LiteLLM holds it. */
export interface MirroredKey extends Omit<MirrorKey, 'liteLlmUserId' | 'alias' | 'metadata'> {
  alias: string | null;
  liteLlmUserId: string | null;
  /** As LiteLLM holds it, with what LiteLLM and others put there. */
  metadata: Record<string, unknown>;
  /** Nano-USD. */
  spend: bigint;
  createdAt: Date | null;
}

/** Only what shall change. Absent: unchanged; null: cleared. */
export type MirrorKeyChange = Partial<
  Pick<
    MirrorKey,
    | 'liteLlmUserId'
    | 'liteLlmTeamId'
    | 'models'
    | 'maxBudget'
    | 'softBudget'
    | 'budgetDuration'
    | 'tpmLimit'
    | 'rpmLimit'
    | 'maxParallelRequests'
    | 'expiresAt'
    | 'blocked'
  >
>;

export interface MirrorUser {
  liteLlmUserId: string;
  email: string | null;
  /** Nano-USD. */
  maxBudget: bigint | null;
  tpmLimit: number | null;
  rpmLimit: number | null;
}

/** The team that a tenant is mapped to. */
export interface MirrorTeam {
  liteLlmTeamId: string;
  name: string | null;
}

/**
 * The copies in LiteLLM. Every method throws `gateway_refused` when LiteLLM said no and nothing was changed, and
 * `gateway_unavailable` when the outcome is unknown (no answer, 5xx, aborted by the signal).
 */
export interface KeyMirror {
  /** One call. Resolves to the token id that LiteLLM answered, which need not mean that it stored the key. */
  createKey(key: NewMirrorKey, secret: ApiKeySecret, signal: AbortSignal): Promise<{ tokenId: string }>;
  /** Undefined when LiteLLM does not hold it, or holds it as deleted. */
  findKey(keyHash: string, signal: AbortSignal): Promise<MirroredKey | undefined>;
  updateKey(keyHash: string, change: MirrorKeyChange, signal: AbortSignal): Promise<void>;
  /** Succeeds as well when the key is not there. */
  blockKey(keyHash: string, signal: AbortSignal): Promise<void>;
  /** Succeeds as well when the key is not there. */
  deleteKey(keyHash: string, signal: AbortSignal): Promise<void>;
  /**
   * Every key that LiteLLM holds, ours or not, page by page, in ascending order of hash. Pages are read by offset, so a
   * key may be missed or come twice when keys are made or deleted meanwhile, and the list does not tell `softBudget`:
   * confirm by `findKey` before acting on it.
   */
  listKeys(signal: AbortSignal): AsyncIterable<MirroredKey[]>;
  /** Creates the user when missing, else brings limits up to date. Never creates a key beside it. */
  ensureUser(user: MirrorUser, signal: AbortSignal): Promise<void>;
  /** Creates the team when missing. One that is there is left as it is: it may be somebody else's as well. */
  ensureTeam(team: MirrorTeam, signal: AbortSignal): Promise<void>;
  /** Makes a user a member of a team, both of which are there: a key can only be moved to a team of its user's. */
  ensureTeamMember(liteLlmTeamId: string, liteLlmUserId: string, signal: AbortSignal): Promise<void>;
}
