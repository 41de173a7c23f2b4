import { changes, pick } from '../pick.ts';
import type { Storage, Stores } from '../storage.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { User } from '../users/user.ts';
import { desiredTeam, desiredUser } from './desired-mirror.ts';
import type { KeyMirror } from './ports.ts';

interface MirrorParts {
  storage: Storage;
  mirror: KeyMirror;
  namespace: string;
}

/** Makes LiteLLM hold a key's user, and its team where the tenant is mapped to one, unless it is known to. */
export async function mirrorParents(
  { storage, mirror, namespace }: MirrorParts,
  { user, tenant }: { user: User; tenant: Tenant },
  signal: AbortSignal,
): Promise<void> {
  if (tenant.liteLlmTeamId !== null && tenant.syncStatus !== 'synced') {
    await mirror.ensureTeam(desiredTeam(tenant, tenant.liteLlmTeamId), signal);
    await storage.transaction((stores) => recordTeam(stores, tenant));
  }
  if (user.syncStatus !== 'synced') {
    const desired = desiredUser(namespace, user);
    await mirror.ensureUser(desired, signal);
    await storage.transaction((stores) => recordUser(stores, user, desired.liteLlmUserId));
  }
}

async function recordTeam({ tenants, syncTasks }: Stores, seen: Tenant): Promise<void> {
  const now = await tenants.lock(seen.id);
  if (now?.liteLlmTeamId === seen.liteLlmTeamId) await tenants.recordSync(seen.id, 'synced', null);
  else await syncTasks.mark(seen.id, 'team', seen.id);
}

/** A row that changed meanwhile is mirrored anew: what LiteLLM was just given may be older than what it had. */
async function recordUser({ users, syncTasks }: Stores, seen: User, liteLlmUserId: string): Promise<void> {
  const now = await users.lock(seen.tenantId, seen.id);
  const isNewest = now && !changes(now, pick(seen, ['email', 'maxBudget', 'tpmLimit', 'rpmLimit']));
  if (isNewest) await users.recordSync(seen.tenantId, seen.id, { status: 'synced', liteLlmUserId });
  else await syncTasks.mark(seen.tenantId, 'user', seen.id);
}
