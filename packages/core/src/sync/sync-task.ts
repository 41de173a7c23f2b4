/** How the copy in LiteLLM stands to the row. `unmirrored`: LiteLLM does not hold it, and we cannot put it there. */
export const syncStatuses = ['pending', 'synced', 'error', 'unmirrored'] as const;
export type SyncStatus = (typeof syncStatuses)[number];

export const syncEntities = ['key', 'user', 'team'] as const;
export type SyncEntity = (typeof syncEntities)[number];

/** "Make LiteLLM equal this row": one per key, user or team that still differs. */
export interface SyncTask {
  tenantId: string;
  entity: SyncEntity;
  entityId: string;
  dueAt: Date;
  /** Failed tries since the last change. */
  attempts: number;
  leaseUntil: Date | null;
  lastError: string | null;
  /** Set when trying was given up; an operator can retry it. */
  deadAt: Date | null;
  createdAt: Date;
}

/** A task that the caller may work on until the lease runs out. */
export interface ClaimedSyncTask extends SyncTask {
  leaseToken: string;
}

/** The right to work on a task: a token only its holder knows, and for how long, in milliseconds from now. */
export interface Lease {
  token: string;
  ms: number;
}

/** What names a task. */
export type SyncTaskKey = Pick<SyncTask, 'tenantId' | 'entity' | 'entityId'>;
