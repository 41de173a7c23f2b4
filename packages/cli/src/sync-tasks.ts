import type { Keywright, SyncTask } from '@keywright/core';
import type { Services } from './compose.ts';
import { operatorActor, platformOperator, tenantReach } from './operator.ts';

const pageSize = 100;

/** What still differs, of one tenant or of all; newest first in each. Ends early when no more can be left. */
export async function* syncTasks(
  { keywright, storage }: Services,
  tenantId: string | undefined,
): AsyncGenerator<SyncTask> {
  if (tenantId !== undefined) return yield* tasksOf(keywright, tenantId);
  const { pending, dead } = await storage.unscoped.syncQueue.summary();
  let left = pending + dead;
  if (left === 0) return;
  for await (const id of tenantIds(keywright)) {
    for await (const task of tasksOf(keywright, id)) {
      left--;
      yield task;
    }
    if (left <= 0) return;
  }
}

async function* tasksOf(keywright: Keywright, tenantId: string): AsyncGenerator<SyncTask> {
  const read = (request: Parameters<Keywright['sync']['list']>[1]) =>
    keywright.sync.list(operatorActor(tenantId), request, tenantReach(tenantId));
  for (let page = await read({ limit: pageSize }); ; page = await read({ limit: pageSize, after: page.next })) {
    yield* page.items;
    if (!page.next) return;
  }
}

async function* tenantIds({ tenants }: Keywright): AsyncGenerator<string> {
  const read = (request: Parameters<Keywright['tenants']['list']>[2]) => tenants.list(platformOperator, {}, request);
  for (let page = await read({ limit: pageSize }); ; page = await read({ limit: pageSize, after: page.next })) {
    for (const { id } of page.items) yield id;
    if (!page.next) return;
  }
}
