import type { ReconcileRun } from '@keywright/core';
import type { Db } from '../database/database.ts';
import { checkRow } from '../database/storable.ts';
import { fromCount } from '../database/values.ts';
import { reconcileRunsColumns } from './reconcile-runs-table.ts';

export async function recordReconcile(db: Db, run: ReconcileRun): Promise<void> {
  const { id, startedAt, finishedAt, repair, outcome, counts, error } = run;
  const { compared, missing, orphan, drifted, spend, skipped, repaired } = counts;
  const row = checkRow(reconcileRunsColumns, {
    id,
    started_at: startedAt,
    finished_at: finishedAt,
    repair,
    outcome,
    error,
    ...{ compared, missing, orphan, drifted, spend, skipped, repaired },
  });
  await db.insertInto('reconcile_runs').values(row).execute();
}

export async function lastReconcile(db: Db): Promise<ReconcileRun | undefined> {
  const row = await db
    .selectFrom('reconcile_runs')
    .selectAll()
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    repair: row.repair,
    outcome: row.outcome,
    counts: {
      compared: fromCount(row.compared),
      missing: fromCount(row.missing),
      orphan: fromCount(row.orphan),
      drifted: fromCount(row.drifted),
      spend: fromCount(row.spend),
      skipped: fromCount(row.skipped),
      repaired: fromCount(row.repaired),
    },
    error: row.error,
  };
}
