import type { Page, PageRequest } from '../page.ts';
import type { User, UserProfile } from './user.ts';

export interface UserFilter {
  /** Matches a part of id, name or e-mail, whatever the case. */
  search?: string | undefined;
  isActive?: boolean | undefined;
}

/** What may change. Absent: unchanged; null: cleared. */
export type UserChange = Partial<
  Pick<User, 'name' | 'email' | 'isActive' | 'maxBudget' | 'tpmLimit' | 'rpmLimit' | 'syncStatus' | 'syncError'>
>;

export interface UserStore {
  /** Records tenant and user when the host names them for the first time; a profile that is given is written. */
  ensure(tenantId: string, userId: string, profile: UserProfile): Promise<User>;
  /** Undefined when there is none. */
  find(tenantId: string, userId: string): Promise<User | undefined>;
  /** As `find`, and locks the row until the transaction ends. */
  lock(tenantId: string, userId: string): Promise<User | undefined>;
  /** Undefined when there is none. */
  update(tenantId: string, userId: string, change: UserChange): Promise<User | undefined>;
  /** Newest first. */
  list(tenantId: string, filter: UserFilter, page: PageRequest): Promise<Page<User>>;
  /** Notes the result of a synchronisation. `liteLlmUserId` is written when given. */
  recordSync(tenantId: string, userId: string, result: UserSyncResult): Promise<void>;
}

export type UserSyncResult = { status: 'synced'; liteLlmUserId: string } | { status: 'error'; error: string };
