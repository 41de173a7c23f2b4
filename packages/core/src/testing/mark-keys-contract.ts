import { describe, expect, it } from 'vitest';
import { aCreatingKey, aLease, anActiveKey, anOwner, aTenant, keyTask } from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;

/** What `markKeysOf` of every `SyncTaskStore` promises. */
export function markKeysContract(fixture: StorageFixture): void {
  const tasks = () => fixture.storage.syncTasks;
  /** Claims all that is due. What other tenants left is claimed along, and ignored. */
  const claim = async (tenantId: string) =>
    (await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute)).filter((task) => task.tenantId === tenantId);
  const claimedIds = async (tenantId: string) => (await claim(tenantId)).map((task) => task.entityId).sort();
  /** Two users; the first of them with two subscriptions; a key under each. */
  const aTeam = async () => {
    const first = await anOwner(fixture.storage);
    const { tenantId, userId } = first;
    const second = await anOwner(fixture.storage, { tenantId, userId });
    const colleague = await anOwner(fixture.storage, { tenantId });
    const ids: string[] = [];
    for (const owner of [first, second, colleague]) ids.push((await anActiveKey(fixture.storage, owner)).id);
    const [ofFirst = '', ofSecond = '', ofColleague = ''] = ids;
    return { tenantId, userId, subscriptionId: first.subscriptionId, colleague, ofFirst, ofSecond, ofColleague };
  };

  describe('markKeysOf', () => {
    it('marks the keys of a subscription, of a user, or of the whole tenant', async () => {
      const { tenantId, userId, subscriptionId, colleague, ofFirst, ofSecond, ofColleague } = await aTeam();
      // the same ids of host and user in another tenant
      await anActiveKey(fixture.storage, await anOwner(fixture.storage, { userId }));
      const cases = [
        [{ subscriptionId }, [ofFirst]],
        [{ userId }, [ofFirst, ofSecond]],
        [{ userId: colleague.userId }, [ofColleague]],
        [{ userId, subscriptionId }, [ofFirst]],
        [{ userId: colleague.userId, subscriptionId }, []],
        [{}, [ofFirst, ofSecond, ofColleague]],
      ] as const;
      for (const [parent, wanted] of cases) {
        expect(await tasks().markKeysOf(tenantId, parent)).toBe(wanted.length);
        const due = await claim(tenantId);
        expect(due.map((task) => task.entityId).sort()).toEqual([...wanted].sort());
        for (const task of due) expect(await tasks().finish(task, task.leaseToken)).toBe('done');
      }
    });

    it('marks creating and active keys, blocked ones too, and none that is on its way out', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId, userId, subscriptionId } = owner;
      const { keys } = fixture.storage;
      const active = await anActiveKey(fixture.storage, owner);
      const blocked = await anActiveKey(fixture.storage, owner);
      await keys.update(tenantId, blocked.id, { isActive: false, blockedBy: 'owner' });
      const deleting = await anActiveKey(fixture.storage, owner);
      await keys.moveLifecycle(tenantId, deleting.id, ['active'], 'deleting');
      const { key: aborting, lease } = await aCreatingKey(fixture.storage, owner);
      await keys.moveLifecycle(tenantId, aborting.id, ['creating'], 'aborting');
      await tasks().finish(keyTask(aborting), lease.token);
      const { key: creating } = await aCreatingKey(fixture.storage, owner);
      for (const parent of [{ subscriptionId }, { userId }, {}]) {
        expect(await tasks().markKeysOf(tenantId, parent)).toBe(3);
      }
      expect(await claimedIds(tenantId)).toEqual([active.id, blocked.id].sort());
      await fixture.outside.ageTask(keyTask(creating), aMinute + 1); // its request held it
      expect(await claimedIds(tenantId)).toEqual([creating.id]);
    });

    it('reaches nothing of another tenant, and finds nothing under what nobody has', async () => {
      const { tenantId, userId, subscriptionId } = await aTeam();
      const other = aTenant();
      for (const parent of [{ subscriptionId }, { userId }, { userId, subscriptionId }, {}]) {
        expect(await tasks().markKeysOf(other, parent)).toBe(0);
      }
      expect(await tasks().markKeysOf(tenantId, { subscriptionId: "no'uuid" })).toBe(0);
      expect(await tasks().markKeysOf(tenantId, { userId: 'nobody' })).toBe(0);
      expect(await claim(tenantId)).toEqual([]);
    });

    it('makes work that is under way due again, and what was given up', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId } = owner;
      const [held, dead] = [await anActiveKey(fixture.storage, owner), await anActiveKey(fixture.storage, owner)];
      const [lease, other] = [aLease(), aLease()];
      await tasks().mark(tenantId, 'key', held.id, lease);
      await tasks().mark(tenantId, 'key', dead.id, other);
      await tasks().bury(keyTask(dead), other.token, 'refused');
      expect(await tasks().markKeysOf(tenantId, {})).toBe(2);
      expect(await tasks().finish(keyTask(held), lease.token)).toBe('due-again');
      expect(await claimedIds(tenantId)).toEqual([held.id, dead.id].sort());
    });
  });
}
