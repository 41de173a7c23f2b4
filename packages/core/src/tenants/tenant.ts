import type { SyncStatus } from '../sync/sync-task.ts';

/** An organisation. Every row belongs to one. Its id is given by the host. */
export interface Tenant {
  id: string;
  name: string | null;
  isActive: boolean;
  /** The LiteLLM team the tenant is mapped to; null when the host maps none. */
  liteLlmTeamId: string | null;
  /** How the team in LiteLLM stands to this row; null while the tenant is mapped to none. */
  syncStatus: SyncStatus | null;
  syncError: string | null;
  lastSyncAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}
