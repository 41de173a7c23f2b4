import type { ClaimedSyncTask, SyncTaskKey } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anId, anOwner, aTenant, keyTask } from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;

/** What every `SyncQueue` promises. */
export function syncQueueContract(fixture: StorageFixture): void {
  const tasks = () => fixture.storage.syncTasks;
  const aTask = (tenantId = aTenant()): SyncTaskKey => ({ tenantId, entity: 'key', entityId: anId() });
  const markFree = (task: SyncTaskKey) => tasks().mark(task.tenantId, task.entity, task.entityId);
  /** Claims all that is due. What other tenants left is claimed along, and ignored. */
  const claim = async (tenantId: string): Promise<ClaimedSyncTask[]> =>
    (await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute)).filter((task) => task.tenantId === tenantId);
  const claimed = async (task: SyncTaskKey) => (await claim(task.tenantId))[0];

  describe('a task whose last change may be committed late', () => {
    it('comes back for a last look, whatever is marked meanwhile', async () => {
      const task = aTask();
      await markFree(task);
      const first = await claimed(task);
      const again = { afterMs: 0, error: 'no answer', failed: true, unsettledMs: 10 * aMinute };
      expect(await tasks().retryLater(task, first?.leaseToken ?? '', again)).toBe(true);
      await markFree(task);
      const second = await claimed(task);
      expect(await tasks().finish(task, second?.leaseToken ?? '')).toBe('due-again');
      expect(await claimed(task)).toBeUndefined(); // due when the time is over
      await fixture.outside.ageTask(task, 10 * aMinute);
      const last = await claimed(task);
      expect(await tasks().finish(task, last?.leaseToken ?? '')).toBe('done');
    });
  });

  describe('claim', () => {
    it('leases each task once, with a token of its own', async () => {
      const tenantId = aTenant();
      const given = [aTask(tenantId), aTask(tenantId), aTask(tenantId)];
      for (const task of given) await markFree(task);
      const first = await claim(tenantId);
      expect(first.map((task) => task.entityId).sort()).toEqual(given.map((task) => task.entityId).sort());
      expect(new Set(first.map((task) => task.leaseToken)).size).toBe(3);
      expect(first.every((task) => task.leaseUntil !== null)).toBe(true);
      expect(await claim(tenantId)).toEqual([]);
    });

    it('takes no more than the limit', async () => {
      const queue = fixture.storage.unscoped.syncQueue;
      await queue.claim(10_000, 60 * aMinute);
      const tenantId = aTenant();
      for (let n = 0; n < 5; n++) await markFree(aTask(tenantId));
      expect(await queue.claim(2, aMinute)).toHaveLength(2);
      expect(await queue.claim(2, aMinute)).toHaveLength(2);
      expect(await queue.claim(2, aMinute)).toHaveLength(1);
      expect(await queue.claim(2, aMinute)).toHaveLength(0);
    });

    it('gives no task to two of five nodes that claim at once', async () => {
      const tenantId = aTenant();
      for (let n = 0; n < 10; n++) await markFree(aTask(tenantId));
      const claims = await Promise.all(
        Array.from({ length: 5 }, () => fixture.storage.unscoped.syncQueue.claim(3, aMinute)),
      );
      const mine = [...claims.flat(), ...(await claim(tenantId))].filter((task) => task.tenantId === tenantId);
      expect(mine).toHaveLength(10);
      expect(new Set(mine.map((task) => task.entityId)).size).toBe(10);
    });

    it('leaves dead tasks and those that are not due', async () => {
      const tenantId = aTenant();
      const [dead, later] = [aTask(tenantId), aTask(tenantId)];
      for (const task of [dead, later]) await markFree(task);
      const claims = await claim(tenantId);
      const tokenOf = (task: SyncTaskKey) => claims.find((item) => item.entityId === task.entityId)?.leaseToken ?? '';
      expect(await tasks().bury(dead, tokenOf(dead), 'refused')).toBe(true);
      expect(await tasks().retryLater(later, tokenOf(later), { afterMs: aMinute, error: 'down', failed: true })).toBe(
        true,
      );
      expect(await claim(tenantId)).toEqual([]);
      for (const task of [dead, later]) await fixture.outside.ageTask(task, aMinute + 1);
      expect((await claim(tenantId)).map((task) => task.entityId)).toEqual([later.entityId]);
    });

    it('takes over a lease that ran out, with a new token', async () => {
      const task = aTask();
      await markFree(task);
      const first = await claimed(task);
      await fixture.outside.ageTask(task, aMinute + 1);
      const second = await claimed(task);
      expect(second?.leaseToken).toBeDefined();
      expect(second?.leaseToken).not.toBe(first?.leaseToken);
      expect(await tasks().finish(task, first?.leaseToken ?? '')).toBe('lost');
      expect(await tasks().finish(task, second?.leaseToken ?? '')).toBe('done');
    });

    it('takes over a creation whose request is gone', async () => {
      const owner = await anOwner(fixture.storage);
      const { key } = await aCreatingKey(fixture.storage, owner);
      expect(await claim(owner.tenantId)).toEqual([]);
      await fixture.outside.ageTask(keyTask(key), aMinute + 1);
      expect(await claim(owner.tenantId)).toMatchObject([keyTask(key)]);
    });
  });
}
