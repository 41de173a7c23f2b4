import type { Page, PageRequest } from '../page.ts';
import type { User, UserProfile } from './user.ts';

export interface UserFilter {
  /** Matches a part of id, name or e-mail, whatever the case. */
  search?: string | undefined;
  isActive?: boolean | undefined;
}

export interface UserStore {
  /** Records tenant and user when the host names them for the first time; a profile that is given is written. */
  ensure(tenantId: string, userId: string, profile: UserProfile): Promise<User>;
  /** Undefined when there is none. */
  find(tenantId: string, userId: string): Promise<User | undefined>;
  /** Newest first. */
  list(tenantId: string, filter: UserFilter, page: PageRequest): Promise<Page<User>>;
  /** Notes the result of a synchronisation. `liteLlmUserId` is written when given. */
  recordSync(tenantId: string, userId: string, result: UserSyncResult): Promise<void>;
}

export type UserSyncResult = { status: 'synced'; liteLlmUserId: string } | { status: 'error'; error: string };
