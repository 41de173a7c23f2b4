import { type ApiKeyFilter, type ApiKeyStatistics, apiKeyStatuses } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anActiveKey, anOwner, aTenant, type Owner } from './builders.ts';
import { readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What `list` and `statistics` of every `ApiKeyStore` promise. */
export function apiKeyListContract(fixture: StorageFixture): void {
  const keys = () => fixture.storage.keys;
  const namesOf = async (tenantId: string, filter: ApiKeyFilter) =>
    (await keys().list(tenantId, filter, { limit: 100 })).items.map(({ key }) => key.name).sort();

  /** One key of every status, and one in each lifecycle that is never listed. Each is named as what it is. */
  async function oneOfEach(owner: Owner): Promise<void> {
    const { tenantId } = owner;
    const past = new Date(Date.now() - 60_000);
    await anActiveKey(fixture.storage, owner, { name: 'active', expiresAt: new Date(Date.now() + 60_000) });
    const blocked = await anActiveKey(fixture.storage, owner, { name: 'blocked', expiresAt: past });
    await keys().update(tenantId, blocked.id, { isActive: false, blockedBy: 'owner' });
    await anActiveKey(fixture.storage, owner, { name: 'expired', expiresAt: past });
    const revoked = await anActiveKey(fixture.storage, owner, { name: 'revoked' });
    await fixture.outside.revokeKey(tenantId, revoked.id, past);
    const deleting = await anActiveKey(fixture.storage, owner, { name: 'deleting' });
    await keys().moveLifecycle(tenantId, deleting.id, ['active'], 'deleting');
    await aCreatingKey(fixture.storage, owner, { name: 'creating' });
    const { key: aborting } = await aCreatingKey(fixture.storage, owner, { name: 'aborting' });
    await keys().moveLifecycle(tenantId, aborting.id, ['creating'], 'aborting');
  }

  describe('list', () => {
    it('shows active keys of every status, deleting ones on demand, creating and aborting ones never', async () => {
      const owner = await anOwner(fixture.storage);
      await oneOfEach(owner);
      const shown = ['active', 'blocked', 'expired', 'revoked'];
      expect(await namesOf(owner.tenantId, {})).toEqual(shown);
      expect(await namesOf(owner.tenantId, { includeDeleting: false })).toEqual(shown);
      expect(await namesOf(owner.tenantId, { includeDeleting: true })).toEqual([...shown, 'deleting'].sort());
    });

    it.each(apiKeyStatuses)('finds keys of status %s as people see it', async (status) => {
      const owner = await anOwner(fixture.storage);
      await oneOfEach(owner);
      expect(await namesOf(owner.tenantId, { status, includeDeleting: true })).toEqual([status]);
      expect(await namesOf(owner.tenantId, { status })).toEqual(status === 'deleting' ? [] : [status]);
    });

    it('filters by user and subscription, and reads ids that are no UUID as absent', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId, userId, subscriptionId } = owner;
      const colleague = await anOwner(fixture.storage, { tenantId });
      await anActiveKey(fixture.storage, owner, { name: 'mine' });
      await anActiveKey(fixture.storage, colleague, { name: 'theirs' });
      expect(await namesOf(tenantId, { userId })).toEqual(['mine']);
      expect(await namesOf(tenantId, { subscriptionId })).toEqual(['mine']);
      expect(await namesOf(tenantId, { userId, subscriptionId: colleague.subscriptionId })).toEqual([]);
      expect(await namesOf(tenantId, { subscriptionId: "no'uuid" })).toEqual([]);
      expect(await namesOf(tenantId, { userId: undefined, search: undefined })).toEqual(['mine', 'theirs']);
      expect(await namesOf(aTenant(), {})).toEqual([]);
      expect(await namesOf(aTenant(), { userId, subscriptionId })).toEqual([]);
    });

    it('finds keys that may use a model now: their own within those of the subscription', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { models: ['a', 'b,"c"'] } });
      await anActiveKey(fixture.storage, owner, { name: 'follows' });
      await anActiveKey(fixture.storage, owner, { name: 'only a', models: ['a'] });
      await anActiveKey(fixture.storage, owner, { name: 'lost d', models: ['a', 'd'] });
      expect(await namesOf(owner.tenantId, { model: 'a' })).toEqual(['follows', 'lost d', 'only a']);
      expect(await namesOf(owner.tenantId, { model: 'b,"c"' })).toEqual(['follows']);
      expect(await namesOf(owner.tenantId, { model: 'd' })).toEqual([]);
      expect(await namesOf(owner.tenantId, { model: 'b' })).toEqual([]);
      await fixture.storage.subscriptions.update(owner.tenantId, owner.subscriptionId, { models: ['d'] });
      expect(await namesOf(owner.tenantId, { model: 'd' })).toEqual(['follows', 'lost d']);
      expect(await namesOf(owner.tenantId, { model: 'a' })).toEqual([]);
    });

    it('searches a part of the name or the beginning of the prefix, whatever the case, and literally', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId } = owner;
      const names = ['Build Server', '100%', '100 percent', 'a_b', 'axb', 'back\\slash', `it's "quoted"`, '🦊'];
      for (const name of names) await anActiveKey(fixture.storage, owner, { name, keyPrefix: 'sk-kw_QqQq' });
      await anActiveKey(fixture.storage, owner, { name: 'other', keyPrefix: 'sk-kw_Zz9z' });
      expect(await namesOf(tenantId, { search: 'SERV' })).toEqual(['Build Server']);
      expect(await namesOf(tenantId, { search: '100%' })).toEqual(['100%']);
      expect(await namesOf(tenantId, { search: 'a_b' })).toEqual(['a_b']);
      expect(await namesOf(tenantId, { search: '\\' })).toEqual(['back\\slash']);
      expect(await namesOf(tenantId, { search: `'s "q` })).toEqual([`it's "quoted"`]);
      expect(await namesOf(tenantId, { search: '🦊' })).toEqual(['🦊']);
      expect(await namesOf(tenantId, { search: 'sk-KW_zz' })).toEqual(['other']);
      expect(await namesOf(tenantId, { search: 'kw_Zz' })).toEqual([]);
    });

    it.each([1, 2, 3, 5])(
      'shows each of five of one moment once, in pages of %i, while others are added',
      async (limit) => {
        const owner = await anOwner(fixture.storage);
        const ids: string[] = [];
        for (let n = 0; n < 5; n++) {
          const { id } = await anActiveKey(fixture.storage, owner);
          ids.push(id);
          await fixture.outside.setCreatedAt('key', owner.tenantId, id, new Date('2020-01-01T00:00:00.001Z'));
        }
        const read = await readAll(
          (page) => keys().list(owner.tenantId, { userId: owner.userId }, page),
          limit,
          () => anActiveKey(fixture.storage, owner),
        );
        expect(read.map(({ key }) => key.id)).toEqual(ids.sort().reverse());
        expect(read[0]?.subscriptionModels).toEqual(['gpt-a', 'gpt-b']);
      },
    );

    it('shows the newest first, and tells neighbours a millisecond apart', async () => {
      const owner = await anOwner(fixture.storage);
      for (const [index, name] of ['second', 'third', 'first'].entries()) {
        const { id } = await anActiveKey(fixture.storage, owner, { name });
        const at = new Date(Date.UTC(2020, 0, 1, 0, 0, 0, [998, 997, 999][index]));
        await fixture.outside.setCreatedAt('key', owner.tenantId, id, at);
      }
      const read = await readAll((page) => keys().list(owner.tenantId, {}, page), 1);
      expect(read.map(({ key }) => key.name)).toEqual(['first', 'second', 'third']);
    });
  });

  describe('statistics', () => {
    const sorted = (statistics: ApiKeyStatistics) => ({
      ...statistics,
      bySubscription: statistics.bySubscription.toSorted((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1)),
      byModel: statistics.byModel.toSorted((a, b) => (a.model < b.model ? -1 : 1)),
    });

    it('counts the keys that their owner sees, by status, subscription and model they may use', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { models: ['a', 'b'] } });
      const { tenantId, userId } = owner;
      await oneOfEach(owner);
      const second = await anOwner(fixture.storage, { tenantId, userId, subscription: { models: ['b'] } });
      await anActiveKey(fixture.storage, second, { models: ['a', 'b'] });
      await anActiveKey(fixture.storage, await anOwner(fixture.storage, { tenantId }));
      await anActiveKey(fixture.storage, await anOwner(fixture.storage, { userId }));
      expect(sorted(await keys().statistics(tenantId, userId))).toEqual({
        total: 5,
        active: 2,
        expired: 1,
        blocked: 1,
        bySubscription: [
          { subscriptionId: owner.subscriptionId, count: 4 },
          { subscriptionId: second.subscriptionId, count: 1 },
        ],
        byModel: [
          { model: 'a', count: 4 },
          { model: 'b', count: 5 },
        ],
      });
    });

    it('is all zero for a user without keys, and for another tenant', async () => {
      const owner = await anOwner(fixture.storage);
      const none = { total: 0, active: 0, expired: 0, blocked: 0, bySubscription: [], byModel: [] };
      expect(await keys().statistics(owner.tenantId, owner.userId)).toEqual(none);
      await anActiveKey(fixture.storage, owner);
      expect(await keys().statistics(aTenant(), owner.userId)).toEqual(none);
    });
  });
}
