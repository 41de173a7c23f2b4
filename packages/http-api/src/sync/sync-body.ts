import { type ReconcileRun, redactSecrets, type SyncTask, syncEntities } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { momentOrNull, wire } from '../wire-fields.ts';

export const syncTaskSchema = z
  .strictObject({
    entity: z.enum(syncEntities),
    id: z.string().meta({ description: 'Id of the key, user or team that differs.' }),
    dueAt: wire.moment,
    attempts: wire.count.meta({ description: 'Failed tries since the last change.' }),
    lastError: z.string().nullable(),
    deadAt: wire.moment.nullable().meta({ description: 'When trying was given up, until somebody retries it.' }),
    createdAt: wire.moment,
  })
  .meta({ id: 'SyncEntry', description: 'Something that still differs between Keywright and LiteLLM.' });

const reconcileSchema = z
  .strictObject({
    startedAt: wire.moment,
    finishedAt: wire.moment,
    repair: z.boolean().meta({ description: 'Whether what was found was repaired.' }),
    outcome: z
      .enum(['equal', 'different', 'failed'])
      .meta({ description: '`failed`: LiteLLM could not be listed as a whole.' }),
    counts: z
      .strictObject({
        compared: wire.count,
        missing: wire.count,
        orphan: wire.count,
        drifted: wire.count,
        spend: wire.count,
        skipped: wire.count,
        repaired: wire.count,
      })
      .optional()
      .meta({ description: 'Over all tenants; for operators alone.' }),
  })
  .meta({ id: 'Reconcile', description: 'The last comparison of every key with LiteLLM.' });

export const syncListSchema = listSchema(syncTaskSchema)
  .extend({
    pending: wire.count,
    dead: wire.count,
    oldestSeconds: wire.count.nullable().meta({ description: 'Age of the oldest pending entry.' }),
    lastReconcile: reconcileSchema.nullable().meta({ description: 'Null when there was none.' }),
  })
  .meta({ id: 'SyncQueue' });

export const syncRetrySchema = z.strictObject({ message: z.string() }).meta({ id: 'SyncRetry' });

export function syncTaskBody(task: SyncTask): z.output<typeof syncTaskSchema> {
  return {
    entity: task.entity,
    id: task.entityId,
    dueAt: task.dueAt.toISOString(),
    attempts: task.attempts,
    lastError: task.lastError === null ? null : redactSecrets(task.lastError),
    deadAt: momentOrNull(task.deadAt),
    createdAt: task.createdAt.toISOString(),
  };
}

/** Of a run whose counts may be told, or are left out. */
export function reconcileBody(
  run: Omit<ReconcileRun, 'id' | 'counts' | 'error'> & Partial<Pick<ReconcileRun, 'counts'>>,
): z.output<typeof reconcileSchema> {
  return {
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    repair: run.repair,
    outcome: run.outcome,
    ...(run.counts && { counts: countsBody(run.counts) }),
  };
}

function countsBody({ compared, missing, orphan, drifted, spend, skipped, repaired }: ReconcileRun['counts']) {
  return { compared, missing, orphan, drifted, spend, skipped, repaired };
}
