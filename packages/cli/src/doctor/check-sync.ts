import type { ReconcileRun, Storage, SyncSummary } from '@keywright/core';
import { formatTime } from '../key-json.ts';
import { type DoctorFinding, error, guarded, info, ok, warning } from './finding.ts';

const oldestSeconds = 600;
const reconcileEveryMs = 7 * 86_400_000;

/** Whether somebody sees to what differs between the two systems. */
export async function checkSync(storage: Storage, nowMs: number): Promise<DoctorFinding[]> {
  const parts = await Promise.all([
    guarded('sync.tasks', async () => checkTasks(await storage.unscoped.syncQueue.summary())),
    guarded('sync.reconcile', async () => {
      const last = await storage.unscoped.lastReconcile();
      const isInUse = last !== undefined || (await storage.unscoped.listTenants({}, { limit: 1 })).items.length > 0;
      return [checkReconcile(last, isInUse, nowMs)];
    }),
  ]);
  return parts.flat();
}

function checkTasks({ pending, dead, oldestSeconds: oldest, lastError }: SyncSummary): DoctorFinding[] {
  const check = 'sync.tasks';
  const reason = lastError === null ? '' : `; last error: ${lastError}`;
  const findings: DoctorFinding[] = [];
  if (dead > 0) {
    const what = `${dead} changes were given up: LiteLLM still holds what was before${reason}`;
    findings.push(error(check, what, 'see keywright sync list --dead, then keywright sync retry --all-dead'));
  }
  if (oldest !== null && oldest > oldestSeconds) {
    const what = `the oldest of ${pending} pending changes waits for ${Math.round(oldest / 60)} minutes${reason}`;
    findings.push(warning(check, what, 'run keywright worker, or start() in the application'));
  }
  return findings.length > 0 ? findings : [ok(check, `${pending} changes are pending, none was given up`)];
}

function checkReconcile(last: ReconcileRun | undefined, isInUse: boolean, nowMs: number): DoctorFinding {
  const check = 'sync.reconcile';
  const weekly = 'run keywright reconcile, and from then on about once a day';
  if (!last) {
    const what = 'the database was never compared with LiteLLM';
    return isInUse ? warning(check, what, weekly) : info(check, `${what}; there are no tenants yet`);
  }
  const when = formatTime(last.finishedAt);
  if (last.outcome === 'failed') return warning(check, `the last comparison (${when}) failed: ${last.error}`, weekly);
  if (last.finishedAt.getTime() < nowMs - reconcileEveryMs) {
    return warning(check, `the last comparison with LiteLLM is older than 7 days (${when})`, weekly);
  }
  const { missing, orphan, drifted, spend, repaired } = last.counts;
  const left = missing + orphan + drifted + spend - repaired;
  if (left > 0) return warning(check, `the last comparison (${when}) found ${left} that differ`, repairIt);
  return ok(check, `the last comparison with LiteLLM (${when}) left nothing different`);
}

const repairIt = 'run keywright reconcile, and with --repair when its findings are right';
