import type { SyncStatus } from '../sync/sync-task.ts';

/** A person or service of the host application that owns keys. Its id is given by the host. */
export interface User {
  tenantId: string;
  id: string;
  name: string | null;
  email: string | null;
  isActive: boolean;
  /** The user's id in LiteLLM, which is global there; null until it is first mirrored. */
  liteLlmUserId: string | null;
  /** Nano-USD; null: no limit. */
  maxBudget: bigint | null;
  tpmLimit: number | null;
  rpmLimit: number | null;
  syncStatus: SyncStatus;
  syncError: string | null;
  lastSyncAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What the host may say of a user on the way. Absent leaves as it is, null clears. */
export interface UserProfile {
  name?: string | null | undefined;
  email?: string | null | undefined;
}
