import { lifecycles, maxNanoUsd, type SubscriptionChange } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anId, anOwner, aTenant, newSubscription, type Owner } from './builders.ts';
import { nastyTexts, readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What every `SubscriptionStore` promises. */
export function subscriptionStoreContract(fixture: StorageFixture): void {
  const subscriptions = () => fixture.storage.subscriptions;
  const find = (owner: Owner) => subscriptions().find(owner.tenantId, owner.subscriptionId);

  describe('insert and find', () => {
    it('gives back what was written, to the nano-USD and the millisecond', async () => {
      const { tenantId, userId } = await anOwner(fixture.storage);
      const given = newSubscription(userId, {
        name: 'Groß "x" 🦊',
        models: [...nastyTexts],
        maxBudget: maxNanoUsd,
        budgetDuration: '1mo',
        tpmLimit: 0,
        rpmLimit: 2_147_483_647,
        quotaLimit: Number.MAX_SAFE_INTEGER,
        startsAt: new Date('2026-10-25T00:59:59.999Z'),
        expiresAt: new Date('2031-02-03T04:05:06.007Z'),
        statusReason: "it's so",
      });
      const stored = await subscriptions().insert(tenantId, given);
      expect(stored).toMatchObject({ ...given, tenantId });
      expect(await subscriptions().find(tenantId, given.id)).toEqual(stored);
      expect(await subscriptions().find(tenantId, given.id, userId)).toEqual(stored);
    });

    it('keeps the smallest amount of money', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { maxBudget: 1n } });
      expect(await find(owner)).toMatchObject({ maxBudget: 1n });
    });

    it('shows nothing to another tenant or another user', async () => {
      const owner = await anOwner(fixture.storage);
      expect(await subscriptions().find(aTenant(), owner.subscriptionId)).toBeUndefined();
      expect(await subscriptions().find(owner.tenantId, owner.subscriptionId, 'someone-else')).toBeUndefined();
    });

    it.each(['', 'x', "'", '00000000-0000-0000-0000-00000000000g'])(
      'finds nothing under %j, which is no UUID',
      async (id) => {
        const { tenantId } = await anOwner(fixture.storage);
        expect(await subscriptions().find(tenantId, id)).toBeUndefined();
        expect(await subscriptions().lock(tenantId, id)).toBeUndefined();
        expect(await subscriptions().update(tenantId, id, { name: 'x' })).toBeUndefined();
        expect(await subscriptions().remove(tenantId, id)).toBe('absent');
      },
    );

    it('refuses a subscription of a user that is not there', async () => {
      await expect(subscriptions().insert(aTenant(), newSubscription('nobody'))).rejects.toThrow();
    });
  });

  describe('update', () => {
    it('changes what is given and nothing else; null clears; 0 stays 0', async () => {
      const start = { tpmLimit: 5, rpmLimit: 6, maxBudget: 7n, budgetDuration: '30d', quotaLimit: 8 };
      const owner = await anOwner(fixture.storage, { subscription: start });
      const before = await find(owner);
      const change: SubscriptionChange = { tpmLimit: null, rpmLimit: 0, maxBudget: 0n, budgetDuration: null };
      const after = await subscriptions().update(owner.tenantId, owner.subscriptionId, change);
      expect(after).toEqual({ ...before, ...change, updatedAt: after?.updatedAt });
      expect(await find(owner)).toEqual(after);
    });

    it('takes the default mark from the other subscriptions of the user, and from no one else', async () => {
      const first = await anOwner(fixture.storage, { subscription: { isDefault: true } });
      const { tenantId, userId } = first;
      const second = await anOwner(fixture.storage, { tenantId, userId });
      const colleague = await anOwner(fixture.storage, { tenantId, subscription: { isDefault: true } });
      const namesake = await anOwner(fixture.storage, { userId, subscription: { isDefault: true } });
      await subscriptions().update(tenantId, second.subscriptionId, { isDefault: true });
      expect(await find(first)).toMatchObject({ isDefault: false });
      expect(await find(second)).toMatchObject({ isDefault: true });
      expect(await find(colleague)).toMatchObject({ isDefault: true });
      expect(await find(namesake)).toMatchObject({ isDefault: true });
      const third = await anOwner(fixture.storage, { tenantId, userId, subscription: { isDefault: true } });
      expect(await find(second)).toMatchObject({ isDefault: false });
      await subscriptions().update(tenantId, third.subscriptionId, { isDefault: true, name: 'again' });
      expect(await find(third)).toMatchObject({ isDefault: true, name: 'again' });
    });

    it('changes nothing for another tenant', async () => {
      const owner = await anOwner(fixture.storage);
      const before = await find(owner);
      const other = aTenant();
      expect(await subscriptions().update(other, owner.subscriptionId, { status: 'suspended' })).toBeUndefined();
      expect(await subscriptions().lock(other, owner.subscriptionId)).toBeUndefined();
      expect(await subscriptions().remove(other, owner.subscriptionId)).toBe('absent');
      expect(await find(owner)).toEqual(before);
    });
  });

  describe('remove', () => {
    it('removes once, and says so', async () => {
      const owner = await anOwner(fixture.storage);
      expect(await subscriptions().remove(owner.tenantId, owner.subscriptionId)).toBe('removed');
      expect(await find(owner)).toBeUndefined();
      expect(await subscriptions().remove(owner.tenantId, owner.subscriptionId)).toBe('absent');
    });

    it.each(lifecycles)(
      'is refused while a key in lifecycle %s hangs on it, and then nothing is gone',
      async (lifecycle) => {
        const owner = await anOwner(fixture.storage);
        const { tenantId, subscriptionId } = owner;
        const { key } = await aCreatingKey(fixture.storage, owner);
        await fixture.storage.keys.moveLifecycle(tenantId, key.id, ['creating'], lifecycle);
        expect(await subscriptions().remove(aTenant(), subscriptionId)).toBe('absent');
        expect(await subscriptions().remove(tenantId, subscriptionId)).toBe('in-use');
        const within = await fixture.storage.transaction(async (stores) => ({
          removed: await stores.subscriptions.remove(tenantId, subscriptionId),
          stillThere: await stores.subscriptions.find(tenantId, subscriptionId),
        }));
        expect(within).toMatchObject({ removed: 'in-use', stillThere: { id: subscriptionId } });
        expect(await fixture.storage.keys.remove(tenantId, key.id, [lifecycle])).toBe(true);
        expect(await subscriptions().remove(tenantId, subscriptionId)).toBe('removed');
      },
    );
  });

  describe('lockForIssue', () => {
    const lockForIssue = (tenantId: string, userId: string, id: string | undefined) =>
      fixture.storage.transaction((stores) => stores.subscriptions.lockForIssue(tenantId, userId, id));

    it('reads tenant, user and the named subscription', async () => {
      const { tenantId, userId, subscriptionId } = await anOwner(fixture.storage);
      const context = await lockForIssue(tenantId, userId, subscriptionId);
      expect(context?.tenant).toMatchObject({ id: tenantId, isActive: true, liteLlmTeamId: null });
      expect(context?.user).toEqual(await fixture.storage.users.find(tenantId, userId));
      expect(context?.subscription).toEqual(await subscriptions().find(tenantId, subscriptionId));
    });

    it('reads the default subscription when none is named', async () => {
      const { tenantId, userId } = await anOwner(fixture.storage);
      expect(await lockForIssue(tenantId, userId, undefined)).toBeUndefined();
      const marked = await anOwner(fixture.storage, { tenantId, userId, subscription: { isDefault: true } });
      expect((await lockForIssue(tenantId, userId, undefined))?.subscription.id).toBe(marked.subscriptionId);
    });

    it('sees nothing of another tenant, another user or an id that is no UUID', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { isDefault: true } });
      const { tenantId, userId, subscriptionId } = owner;
      const colleague = await anOwner(fixture.storage, { tenantId });
      expect(await lockForIssue(tenantId, colleague.userId, subscriptionId)).toBeUndefined();
      expect(await lockForIssue(aTenant(), userId, subscriptionId)).toBeUndefined();
      expect(await lockForIssue(aTenant(), userId, undefined)).toBeUndefined();
      expect(await lockForIssue(tenantId, userId, "no'uuid")).toBeUndefined();
      expect(await lockForIssue(tenantId, userId, anId())).toBeUndefined();
    });

    it('tells that tenant or user are switched off', async () => {
      const { tenantId, userId, subscriptionId } = await anOwner(fixture.storage);
      await fixture.outside.setTenantActive(tenantId, false);
      await fixture.outside.setUserActive(tenantId, userId, false);
      const context = await lockForIssue(tenantId, userId, subscriptionId);
      expect(context).toMatchObject({ tenant: { isActive: false }, user: { isActive: false } });
    });
  });

  describe('list', () => {
    it('filters by user, status, model and name, each alone and all together', async () => {
      const wanted = { name: '100% Gold', status: 'suspended', models: ['it,s "x"', 'gpt-a'] } as const;
      const owner = await anOwner(fixture.storage, { subscription: { ...wanted, models: [...wanted.models] } });
      const { tenantId, userId } = owner;
      await anOwner(fixture.storage, { tenantId, subscription: { name: '1000 gold', models: ['it', 's "x"'] } });
      await anOwner(fixture.storage, { subscription: { ...wanted, models: [...wanted.models] } });
      const filters = [{ userId }, { status: 'suspended' }, { model: 'it,s "x"' }, { search: '00% gOLD' }] as const;
      for (const filter of [...filters, Object.assign({}, ...filters)]) {
        const { items } = await subscriptions().list(tenantId, filter, { limit: 10 });
        expect(items.map((item) => item.id)).toEqual([owner.subscriptionId]);
      }
      expect((await subscriptions().list(tenantId, { model: 'gpt' }, { limit: 10 })).items).toEqual([]);
      expect((await subscriptions().list(tenantId, { search: '_' }, { limit: 10 })).items).toEqual([]);
      expect((await subscriptions().list(tenantId, {}, { limit: 10 })).items).toHaveLength(2);
      expect((await subscriptions().list(aTenant(), {}, { limit: 10 })).items).toEqual([]);
    });

    it.each([1, 2, 5])(
      'shows each of five of one moment once, in pages of %i, while others are added',
      async (limit) => {
        const { tenantId, userId, subscriptionId } = await anOwner(fixture.storage);
        const ids = [subscriptionId];
        for (let more = 0; more < 4; more++)
          ids.push((await anOwner(fixture.storage, { tenantId, userId })).subscriptionId);
        const at = new Date('2020-01-01T00:00:00.123Z');
        for (const id of ids) await fixture.outside.setCreatedAt('subscription', tenantId, id, at);
        const read = await readAll(
          (page) => subscriptions().list(tenantId, {}, page),
          limit,
          () => anOwner(fixture.storage, { tenantId, userId }),
        );
        expect(read.map((item) => item.id)).toEqual(ids.sort().reverse());
      },
    );
  });
}
