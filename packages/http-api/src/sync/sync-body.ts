import { redactSecrets, type SyncTask, syncEntities } from '@keywright/core';
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

export const syncListSchema = listSchema(syncTaskSchema)
  .extend({
    pending: wire.count,
    dead: wire.count,
    oldestSeconds: wire.count.nullable().meta({ description: 'Age of the oldest pending entry.' }),
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
