import type { Storage } from '../storage.ts';
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
  parts: MirrorParts,
  { user, tenant }: { user: User; tenant: Tenant },
  signal: AbortSignal,
): Promise<void> {
  if (tenant.liteLlmTeamId !== null && tenant.syncStatus !== 'synced') {
    await parts.mirror.ensureTeam(desiredTeam(tenant, tenant.liteLlmTeamId), signal);
    await parts.storage.tenants.recordSync(tenant.id, 'synced', null);
  }
  if (user.syncStatus !== 'synced') {
    const desired = desiredUser(parts.namespace, user);
    await parts.mirror.ensureUser(desired, signal);
    const synced = { status: 'synced' as const, liteLlmUserId: desired.liteLlmUserId };
    await parts.storage.users.recordSync(user.tenantId, user.id, synced);
  }
}
