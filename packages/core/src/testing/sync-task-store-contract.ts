import type { ClaimedSyncTask, SyncTaskKey } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aLease, anId, aTenant } from './builders.ts';
import { nastyTexts, readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;

/** What every `SyncTaskStore` promises, read through the `SyncQueue`. */
export function syncTaskStoreContract(fixture: StorageFixture): void {
  const tasks = () => fixture.storage.syncTasks;
  const aTask = (tenantId = aTenant()): SyncTaskKey => ({ tenantId, entity: 'key', entityId: anId() });
  const mark = (task: SyncTaskKey, lease = aLease()) => tasks().mark(task.tenantId, task.entity, task.entityId, lease);
  const markFree = (task: SyncTaskKey) => tasks().mark(task.tenantId, task.entity, task.entityId);
  const listed = async (task: SyncTaskKey) => (await tasks().list(task.tenantId, { limit: 100 })).items;
  /** Claims all that is due. What other tenants left is claimed along, and ignored. */
  const claim = async (tenantId: string): Promise<ClaimedSyncTask[]> =>
    (await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute)).filter((task) => task.tenantId === tenantId);
  const claimed = async (task: SyncTaskKey) => (await claim(task.tenantId))[0];

  describe('mark', () => {
    it('hands a task to the caller, and to nobody else meanwhile', async () => {
      const task = aTask();
      const lease = aLease();
      expect(await mark(task, lease)).toBe(true);
      expect(await claim(task.tenantId)).toEqual([]);
      expect(await mark(task)).toBe(false);
      expect(await markFree(task)).toBe(false);
      expect(await listed(task)).toHaveLength(1);
    });

    it('leaves a task for anyone when no lease is asked for', async () => {
      const task = aTask();
      expect(await markFree(task)).toBe(false);
      expect(await listed(task)).toMatchObject([
        { ...task, attempts: 0, leaseUntil: null, lastError: null, deadAt: null },
      ]);
      expect(await claim(task.tenantId)).toMatchObject([task]);
    });

    it('hands over a task whose lease ran out', async () => {
      const task = aTask();
      const [first, second] = [aLease(), aLease()];
      await mark(task, first);
      await fixture.outside.ageTask(task, aMinute + 1);
      expect(await mark(task, second)).toBe(true);
      expect(await tasks().finish(task, first.token)).toBe('lost');
      expect(await tasks().finish(task, second.token)).toBe('done');
    });

    it('makes a dead or backed-off task due again, with its attempts forgotten', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await tasks().retryLater(task, lease.token, { afterMs: 10 * aMinute, error: 'down', failed: true });
      await markFree(task);
      const again = await claimed(task);
      expect(again).toMatchObject({ attempts: 0, deadAt: null });
      await tasks().bury(task, again?.leaseToken ?? '', 'refused');
      await markFree(task);
      expect(await claimed(task)).toMatchObject({ attempts: 0, deadAt: null });
    });

    it.each(nastyTexts)('takes %j as the id of a user', async (text) => {
      const task: SyncTaskKey = { tenantId: aTenant(), entity: 'user', entityId: text };
      await markFree(task);
      expect(await listed(task)).toMatchObject([task]);
      expect(await tasks().finish(task, (await claimed(task))?.leaseToken ?? '')).toBe('done');
    });

    it('keeps entities of the same id apart', async () => {
      const task = aTask();
      await markFree(task);
      await markFree({ ...task, entity: 'user' });
      await markFree({ ...task, entity: 'team' });
      expect((await listed(task)).map((item) => item.entity).sort()).toEqual(['key', 'team', 'user']);
    });
  });

  describe('finish', () => {
    it('removes the task when nothing changed meanwhile', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      expect(await tasks().finish(task, lease.token)).toBe('done');
      expect(await listed(task)).toEqual([]);
      expect(await tasks().finish(task, lease.token)).toBe('lost');
    });

    it.each([
      ['with a lease', mark],
      ['without one', markFree],
    ])('keeps the task for anyone when the row was marked meanwhile %s', async (_, again) => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      expect(await again(task)).toBe(false);
      expect(await tasks().finish(task, lease.token)).toBe('due-again');
      const next = await claimed(task);
      expect(next?.leaseToken).not.toBe(lease.token);
      expect(await tasks().finish(task, lease.token)).toBe('lost');
      expect(await tasks().finish(task, next?.leaseToken ?? '')).toBe('done');
    });

    it('works with a lease that ran out as long as nobody claimed the task', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await fixture.outside.ageTask(task, aMinute + 1);
      expect(await tasks().finish(task, lease.token)).toBe('done');
    });

    it('never takes a change for done that was made after the lease ran out', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await fixture.outside.ageTask(task, aMinute + 1);
      await markFree(task);
      expect(await tasks().finish(task, lease.token)).not.toBe('done');
      expect(await claim(task.tenantId)).toMatchObject([task]);
    });

    it('is lost with a foreign token, without one, and for another tenant, entity or id', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      const foreign: SyncTaskKey[] = [
        { ...task, tenantId: aTenant() },
        { ...task, entity: 'user' },
        { ...task, entityId: anId() },
        { ...task, entityId: "no'uuid" },
      ];
      const again = { afterMs: 0, error: 'x', failed: true };
      for (const other of foreign) {
        expect(await tasks().finish(other, lease.token)).toBe('lost');
        expect(await tasks().retryLater(other, lease.token, again)).toBe(false);
        expect(await tasks().bury(other, lease.token, 'x')).toBe(false);
      }
      for (const token of [anId(), '', "no'uuid"]) {
        expect(await tasks().finish(task, token)).toBe('lost');
        expect(await tasks().retryLater(task, token, again)).toBe(false);
        expect(await tasks().bury(task, token, 'x')).toBe(false);
      }
      expect(await listed(task)).toMatchObject([{ attempts: 0, lastError: null, deadAt: null }]);
      expect(await tasks().finish(task, lease.token)).toBe('done');
    });
  });

  describe('retryLater and bury', () => {
    it('counts an attempt only when it failed, and keeps the error', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await tasks().retryLater(task, lease.token, { afterMs: 0, error: 'down', failed: true });
      const second = await claimed(task);
      expect(second).toMatchObject({ attempts: 1, lastError: 'down' });
      await tasks().retryLater(task, second?.leaseToken ?? '', { afterMs: 0, error: 'busy', failed: false });
      expect(await claimed(task)).toMatchObject({ attempts: 1, lastError: 'busy' });
    });

    it('puts off no change that was made meanwhile: it is due, with no attempts behind it', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await markFree(task);
      const again = { afterMs: 10 * aMinute, error: 'down', failed: true };
      expect(await tasks().retryLater(task, lease.token, again)).toBe(true);
      expect(await claimed(task)).toMatchObject({ attempts: 0, lastError: 'down' });
    });

    it('keeps a dead task with its error for operators', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      expect(await tasks().bury(task, lease.token, 'refused "it"')).toBe(true);
      expect(await listed(task)).toMatchObject([{ ...task, lastError: 'refused "it"', deadAt: expect.any(Date) }]);
      expect(await tasks().finish(task, lease.token)).toBe('lost');
      expect(await tasks().bury(task, lease.token, 'again')).toBe(false);
    });

    it('does not bury a change that was made meanwhile', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await markFree(task);
      expect(await tasks().bury(task, lease.token, 'refused')).toBe(true);
      expect(await claimed(task)).toMatchObject({ deadAt: null });
    });
  });

  describe('retry', () => {
    it('makes a dead task due again, with its attempts forgotten', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await tasks().bury(task, lease.token, 'refused');
      expect(await tasks().retry(task.tenantId, task.entity, task.entityId)).toBe(true);
      expect(await claimed(task)).toMatchObject({ attempts: 0, deadAt: null });
    });

    it('makes a task that waits for its next try due now', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      await tasks().retryLater(task, lease.token, { afterMs: 10 * aMinute, error: 'down', failed: true });
      expect(await tasks().retry(task.tenantId, task.entity, task.entityId)).toBe(true);
      expect(await claimed(task)).toMatchObject({ attempts: 0 });
    });

    it('leaves a task with who holds it', async () => {
      const task = aTask();
      const lease = aLease();
      await mark(task, lease);
      expect(await tasks().retry(task.tenantId, task.entity, task.entityId)).toBe(true);
      expect(await claim(task.tenantId)).toEqual([]);
      expect(await tasks().finish(task, lease.token)).toBe('due-again');
    });

    it('says when there is no such task, and makes none', async () => {
      const task = aTask();
      expect(await tasks().retry(task.tenantId, task.entity, task.entityId)).toBe(false);
      expect(await listed(task)).toEqual([]);
      await mark(task);
      expect(await tasks().retry(aTenant(), task.entity, task.entityId)).toBe(false);
      expect(await tasks().retry(task.tenantId, 'user', task.entityId)).toBe(false);
      expect(await tasks().retry(task.tenantId, 'key', "no'uuid")).toBe(false);
    });
  });

  describe('list and summary', () => {
    it('tells how many tasks wait, how many are dead, and how old the oldest waiting one is', async () => {
      const tenantId = aTenant();
      expect(await tasks().summary(tenantId)).toEqual({ pending: 0, dead: 0, oldestSeconds: null, lastError: null });
      const [free, held, dead] = [aTask(tenantId), aTask(tenantId), aTask(tenantId)];
      const lease = aLease();
      const before = await fixture.storage.unscoped.syncQueue.summary();
      await markFree(free);
      await mark(held);
      await mark(dead, lease);
      await tasks().bury(dead, lease.token, 'refused');
      const oldPast = new Date(Date.now() - 2 * 60 * aMinute);
      await fixture.outside.setCreatedAt('task', tenantId, `key/${dead.entityId}`, oldPast);
      await fixture.outside.setCreatedAt('task', tenantId, `key/${held.entityId}`, new Date(Date.now() - 60 * aMinute));
      const summary = await tasks().summary(tenantId);
      expect(summary).toMatchObject({ pending: 2, dead: 1, lastError: 'refused' });
      expect(Number.isInteger(summary.oldestSeconds)).toBe(true);
      expect(summary.oldestSeconds).toBeGreaterThan(3590);
      expect(summary.oldestSeconds).toBeLessThan(3700);
      const all = await fixture.storage.unscoped.syncQueue.summary();
      expect({ pending: all.pending - before.pending, dead: all.dead - before.dead }).toEqual({ pending: 2, dead: 1 });
      expect(await tasks().summary(aTenant())).toEqual({ pending: 0, dead: 0, oldestSeconds: null, lastError: null });
    });

    it.each([1, 2, 4])(
      'shows each of four of one moment once, in pages of %i, while others are added',
      async (limit) => {
        const tenantId = aTenant();
        const given: SyncTaskKey[] = [
          aTask(tenantId),
          { tenantId, entity: 'user', entityId: 'a/b' },
          { tenantId, entity: 'user', entityId: 'B' },
          { tenantId, entity: 'team', entityId: 'é"\\' },
        ];
        for (const task of given) {
          await markFree(task);
          const at = new Date('2020-01-01T00:00:00.500Z');
          await fixture.outside.setCreatedAt('task', tenantId, `${task.entity}/${task.entityId}`, at);
        }
        const read = await readAll(
          (page) => tasks().list(tenantId, page),
          limit,
          () => markFree(aTask(tenantId)),
        );
        expect(read.map((task) => task.entityId).sort()).toEqual(given.map((task) => task.entityId).sort());
        expect(await tasks().list(aTenant(), { limit: 10 })).toEqual({ items: [] });
      },
    );
  });
}
