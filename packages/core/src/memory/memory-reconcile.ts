import type { ReconcileRun, WalkedSecret } from '@keywright/core';
import { type MemoryState, rowId } from './memory-state.ts';

/** The first secrets after a hash, in ascending order of hash. */
export function walkSecrets(state: MemoryState, afterHash: string | undefined, limit: number): WalkedSecret[] {
  return state.secrets
    .all()
    .filter(({ keyHash }) => afterHash === undefined || keyHash > afterHash)
    .toSorted((a, b) => (a.keyHash < b.keyHash ? -1 : 1))
    .slice(0, limit)
    .flatMap((secret): WalkedSecret[] => {
      const { tenantId } = secret;
      const key = state.key(tenantId, secret.apiKeyId);
      const subscription = key && state.subscription(tenantId, key.subscriptionId);
      const user = key && state.user(tenantId, key.userId);
      const tenant = state.tenants.get(tenantId);
      if (!key || !subscription || !user || !tenant) return [];
      const hasTask = state.tasks.get(rowId(tenantId, 'key', key.id))?.deadAt === null;
      return [{ secret, key, subscription, user, tenant, hasTask }];
    });
}

/** The comparison that ended last. */
export function lastReconcile(state: MemoryState): ReconcileRun | undefined {
  return state.reconcileRuns.all().reduce<ReconcileRun | undefined>((last, run) => {
    return last && last.finishedAt > run.finishedAt ? last : run;
  }, undefined);
}
