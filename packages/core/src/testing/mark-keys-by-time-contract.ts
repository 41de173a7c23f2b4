import type { ApiKey } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aLease, aMintingSecret, anActiveKey, anOwner, aRotatedKey, keyTask } from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;
const aMinuteAgo = () => new Date(Date.now() - aMinute);
const inAMinute = () => new Date(Date.now() + aMinute);

/** What `markKeysChangedByTime` of every `UnscopedStore` promises. */
export function markKeysByTimeContract(fixture: StorageFixture): void {
  const tasks = () => fixture.storage.syncTasks;
  const markAll = () => fixture.storage.unscoped.markKeysChangedByTime();
  const taskOf = async (key: ApiKey) => {
    const { items } = await tasks().list(key.tenantId, { limit: 10 });
    return items.find((task) => task.entityId === key.id);
  };
  const isMarked = async (key: ApiKey) => {
    await markAll();
    return (await taskOf(key)) !== undefined;
  };
  const claimed = async (key: ApiKey) => {
    const due = await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute);
    const task = due.find(({ entityId }) => entityId === key.id);
    if (!task) throw new Error('The task should be due.');
    return task;
  };
  /** A key with a secret whose time was over a minute ago. */
  const aKeyWithAnOldSecret = async () => {
    const key = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
    await aRotatedKey(fixture.storage, key, aMinuteAgo());
    return key;
  };

  describe('markKeysChangedByTime', () => {
    it.each(['startsAt', 'expiresAt'] as const)(
      'marks a key once %s of its subscription has passed, until LiteLLM was told',
      async (boundary) => {
        const owner = await anOwner(fixture.storage);
        const key = await anActiveKey(fixture.storage, owner);
        const soon = { [boundary]: new Date(Date.now() + 200) };
        await fixture.storage.subscriptions.update(owner.tenantId, owner.subscriptionId, soon);
        await expect.poll(() => isMarked(key), { timeout: 10_000 }).toBe(true);
        const task = await claimed(key);
        await fixture.storage.keys.recordSync(owner.tenantId, key.id, 'synced', null);
        expect(await tasks().finish(task, task.leaseToken)).toBe('done');
        expect(await isMarked(key)).toBe(false);
      },
    );

    it('leaves alone what was told to LiteLLM after the boundary, and what is yet to come', async () => {
      const subscription = { startsAt: new Date('2020-01-01T00:00:00Z'), expiresAt: inAMinute() };
      const key = await anActiveKey(fixture.storage, await anOwner(fixture.storage, { subscription }));
      expect(await isMarked(key)).toBe(false);
    });

    it('marks a key with a secret whose time is over, until that secret is removed', async () => {
      const key = await aKeyWithAnOldSecret();
      expect(await isMarked(key)).toBe(true);
      const task = await claimed(key);
      expect(await fixture.storage.keys.removeSecret(key.tenantId, key.keyHash)).toBe(true);
      expect(await tasks().finish(task, task.leaseToken)).toBe('done');
      expect(await isMarked(key)).toBe(false);
    });

    it('leaves a key alone whose old secret still works, or whose new one is being minted', async () => {
      const key = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
      await aRotatedKey(fixture.storage, key, inAMinute());
      await aMintingSecret(fixture.storage, key);
      expect(await isMarked(key)).toBe(false);
    });

    it('leaves a key alone that is being deleted: its deletion takes every secret along', async () => {
      const key = await aKeyWithAnOldSecret();
      await fixture.storage.keys.moveLifecycle(key.tenantId, key.id, ['active'], 'deleting');
      expect(await isMarked(key)).toBe(false);
    });

    it('marks a key once that has several reasons', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner);
      for (let n = 0; n < 2; n++) await aRotatedKey(fixture.storage, key, aMinuteAgo());
      const startsAt = new Date((key.lastSyncAt?.getTime() ?? 0) + 1);
      await fixture.storage.subscriptions.update(owner.tenantId, owner.subscriptionId, { startsAt });
      await expect.poll(() => Date.now()).toBeGreaterThan(startsAt.getTime());
      await markAll();
      const { items } = await tasks().list(owner.tenantId, { limit: 10 });
      expect(items).toMatchObject([{ ...keyTask(key), attempts: 0, leaseUntil: null }]);
    });

    it('leaves a task that waits for its next try, and one that was given up, as they are', async () => {
      const [waiting, dead] = [await aKeyWithAnOldSecret(), await aKeyWithAnOldSecret()];
      for (const key of [waiting, dead]) {
        const { token } = aLease();
        await tasks().mark(key.tenantId, 'key', key.id, { token, ms: aMinute });
        if (key === dead) await tasks().bury(keyTask(key), token, 'refused');
        else await tasks().retryLater(keyTask(key), token, { afterMs: 10 * aMinute, error: 'down', failed: true });
      }
      const before = [await taskOf(waiting), await taskOf(dead)];
      await markAll();
      expect([await taskOf(waiting), await taskOf(dead)]).toEqual(before);
    });

    it('makes work due again that is under way: it may have looked before the time was over', async () => {
      const key = await aKeyWithAnOldSecret();
      const lease = aLease();
      await tasks().mark(key.tenantId, 'key', key.id, lease);
      await markAll();
      expect(await tasks().finish(keyTask(key), lease.token)).toBe('due-again');
    });

    it('tells how many keys it marked', async () => {
      const underWay = await markAll(); // what other tests left is marked each time
      await aKeyWithAnOldSecret();
      await aKeyWithAnOldSecret();
      expect(await markAll()).toBe(underWay + 2);
      expect(await markAll()).toBe(underWay);
    });
  });
}
