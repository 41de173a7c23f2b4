import { type Actor, hostId, type Keywright, type Reach, syncEntities } from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { reconcileBody, syncListSchema, syncRetrySchema, syncTaskBody } from './sync-body.ts';

const taskParams = z.strictObject({
  entity: z.enum(syncEntities, { error: `should be one of ${syncEntities.join(', ')}` }),
  id: hostId.meta({ description: 'Id of the key, user or team.' }),
});

/** A comparison is of all tenants, so what it counted is told to operators alone. */
function lastReconcile({ sync, reconcile }: Keywright, actor: Actor, reach: Reach) {
  return actor.roles.includes('operator') ? reconcile.last(actor) : sync.lastReconcile(actor, reach);
}

export const syncRoutes: readonly Route[] = [
  managementRoute({
    name: 'getSyncQueue',
    method: 'GET',
    path: '/admin/sync',
    caller: 'admin',
    summary: 'What still differs between Keywright and LiteLLM in the tenant',
    params: none,
    query: pageQuery('sync-task'),
    body: noBody,
    answers: { 200: syncListSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, query }) => {
      const [summary, page, run] = await Promise.all([
        keywright.sync.summary(actor, reach),
        keywright.sync.list(actor, toPageRequest(query), reach),
        lastReconcile(keywright, actor, reach),
      ]);
      const { pending, dead, oldestSeconds } = summary;
      const summaryBody = { pending, dead, oldestSeconds, lastReconcile: run ? reconcileBody(run) : null };
      return jsonAnswer(200, { ...summaryBody, ...listBody(page, syncTaskBody) });
    },
  }),
  managementRoute({
    name: 'retrySync',
    method: 'POST',
    path: '/admin/sync/:entity/:id/retry',
    caller: 'admin',
    summary: 'Try an entry again at once, also one that was given up',
    params: taskParams,
    query: none,
    body: noBody,
    answers: { 202: syncRetrySchema },
    errors: ['sync_task_not_found'],
    handle: async ({ keywright, actor, reach, params }) => {
      await keywright.sync.retry(actor, params.entity, params.id, reach);
      return jsonAnswer(202, { message: 'The entry is due now.' });
    },
  }),
];
