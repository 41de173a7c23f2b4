import { maxNanoUsd, type UserChange } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aTenant } from './builders.ts';
import { nastyTexts, readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What every `UserStore` promises. */
export function userStoreContract(fixture: StorageFixture): void {
  const users = () => fixture.storage.users;
  const idsFound = async (tenantId: string, search: string) =>
    (await users().list(tenantId, { search }, { limit: 100 })).items.map((user) => user.id).sort();

  describe('ensure and find', () => {
    it('records tenant and user when they are named for the first time', async () => {
      const tenantId = aTenant();
      const user = await users().ensure(tenantId, 'alice', { name: 'Alice' });
      expect(user).toMatchObject({ tenantId, id: 'alice', name: 'Alice', email: null, isActive: true });
      expect(user).toMatchObject({ liteLlmUserId: null, maxBudget: null, tpmLimit: null, rpmLimit: null });
      expect(user.createdAt).toBeInstanceOf(Date);
      expect(await users().find(tenantId, 'alice')).toEqual(user);
    });

    it('leaves what a profile does not name and clears what it names as null', async () => {
      const tenantId = aTenant();
      await users().ensure(tenantId, 'alice', { name: 'Alice', email: 'alice@example.com' });
      expect(await users().ensure(tenantId, 'alice', {})).toMatchObject({ name: 'Alice', email: 'alice@example.com' });
      expect(await users().ensure(tenantId, 'alice', { name: undefined, email: null })).toMatchObject({
        name: 'Alice',
        email: null,
      });
      expect(await users().find(tenantId, 'alice')).toMatchObject({ name: 'Alice', email: null });
    });

    it('does not switch a user on again that was switched off', async () => {
      const tenantId = aTenant();
      await users().ensure(tenantId, 'alice', {});
      await fixture.outside.setUserActive(tenantId, 'alice', false);
      expect(await users().ensure(tenantId, 'alice', { name: 'Alice' })).toMatchObject({ isActive: false });
    });

    it('makes one user of twenty that are named at once', async () => {
      const tenantId = aTenant();
      const all = await Promise.all(Array.from({ length: 20 }, () => users().ensure(tenantId, 'alice', {})));
      expect(new Set(all.map((user) => user.createdAt.getTime())).size).toBe(1);
      expect((await users().list(tenantId, {}, { limit: 100 })).items).toHaveLength(1);
    });

    it('finds nothing where nothing is', async () => {
      expect(await users().find(aTenant(), 'alice')).toBeUndefined();
    });

    it.each(nastyTexts)('stores %j as it is given', async (text) => {
      const tenantId = `${aTenant()}-${text}`.slice(0, 255);
      const stored = await users().ensure(tenantId, text, { name: text, email: text });
      expect(stored).toMatchObject({ tenantId, id: text, name: text, email: text });
      expect(await users().find(tenantId, text)).toEqual(stored);
    });
  });

  describe('tenants', () => {
    it('keeps users of the same id in two tenants apart', async () => {
      const [one, other] = [aTenant(), aTenant()];
      await users().ensure(one, 'alice', { name: 'One' });
      expect(await users().find(other, 'alice')).toBeUndefined();
      expect((await users().list(other, {}, { limit: 10 })).items).toEqual([]);
      await users().ensure(other, 'alice', { name: 'Other' });
      await users().recordSync(other, 'alice', { status: 'error', error: 'refused' });
      expect(await users().find(one, 'alice')).toMatchObject({ name: 'One', syncError: null });
      expect(await users().find(other, 'alice')).toMatchObject({ name: 'Other', syncError: 'refused' });
    });

    it('writes nothing for a user that is not there', async () => {
      const tenantId = aTenant();
      await users().recordSync(tenantId, 'nobody', { status: 'error', error: 'refused' });
      expect(await users().find(tenantId, 'nobody')).toBeUndefined();
    });
  });

  describe('update and lock', () => {
    it('changes what is given and nothing else, of this user alone', async () => {
      const [tenantId, other] = [aTenant(), aTenant()];
      const stored = await users().ensure(tenantId, 'alice', { name: 'Alice', email: 'alice@example.com' });
      const others = [await users().ensure(tenantId, 'bob', {}), await users().ensure(other, 'alice', {})];
      const changes: UserChange[] = [
        { isActive: false },
        { name: 'Groß "A"', email: null },
        { maxBudget: maxNanoUsd, tpmLimit: Number.MAX_SAFE_INTEGER, rpmLimit: 7 },
        { maxBudget: 0n, tpmLimit: 0, rpmLimit: null, syncStatus: 'error', syncError: 'refused "it"' },
        { maxBudget: null, tpmLimit: null, syncStatus: 'pending', syncError: null, isActive: true },
        {},
      ];
      let wanted = stored;
      for (const change of changes) {
        const changed = await users().update(tenantId, 'alice', change);
        wanted = { ...wanted, ...change, updatedAt: changed?.updatedAt ?? stored.updatedAt };
        expect(changed).toEqual(wanted);
        expect(await users().find(tenantId, 'alice')).toEqual(wanted);
        expect(await fixture.storage.transaction((stores) => stores.users.lock(tenantId, 'alice'))).toEqual(wanted);
      }
      expect(await users().find(tenantId, 'bob')).toEqual(others[0]);
      expect(await users().find(other, 'alice')).toEqual(others[1]);
    });

    it('says when there is no such user in the tenant, and makes none', async () => {
      const tenantId = aTenant();
      await users().ensure(tenantId, 'alice', {});
      for (const [tenant, id] of [
        [tenantId, 'nobody'],
        [aTenant(), 'alice'],
      ] as const) {
        expect(await users().update(tenant, id, { isActive: false })).toBeUndefined();
        expect(await users().lock(tenant, id)).toBeUndefined();
        expect(await users().find(tenant, id)).toBeUndefined();
      }
      expect(await users().find(tenantId, 'alice')).toMatchObject({ isActive: true });
    });
  });

  describe('recordSync', () => {
    it('notes the id in LiteLLM and clears an old error', async () => {
      const tenantId = aTenant();
      const liteLlmUserId = `kw/${tenantId}/alice`;
      await users().ensure(tenantId, 'alice', {});
      await users().recordSync(tenantId, 'alice', { status: 'error', error: 'refused' });
      expect(await users().find(tenantId, 'alice')).toMatchObject({ syncStatus: 'error', syncError: 'refused' });
      await users().recordSync(tenantId, 'alice', { status: 'synced', liteLlmUserId });
      const user = await users().find(tenantId, 'alice');
      expect(user).toMatchObject({ syncStatus: 'synced', syncError: null, liteLlmUserId });
      expect(user?.lastSyncAt).toBeInstanceOf(Date);
      await users().recordSync(tenantId, 'alice', { status: 'error', error: 'again' });
      expect(await users().find(tenantId, 'alice')).toMatchObject({ liteLlmUserId, syncError: 'again' });
    });
  });

  describe('list', () => {
    it('searches id, name and e-mail, whatever the case', async () => {
      const tenantId = aTenant();
      await users().ensure(tenantId, 'u1', { name: 'Alice', email: 'a@example.com' });
      await users().ensure(tenantId, 'u2', { name: 'Bob', email: 'MALICE@example.com' });
      await users().ensure(tenantId, 'aLiCe-3', {});
      await users().ensure(tenantId, 'u4', { name: 'Carol' });
      expect(await idsFound(tenantId, 'ALICE')).toEqual(['aLiCe-3', 'u1', 'u2']);
      expect(await idsFound(tenantId, 'nobody')).toEqual([]);
    });

    it('reads %, _ and \\ in a search as themselves', async () => {
      const tenantId = aTenant();
      for (const id of ['100%', '100x', 'a_b', 'axb', 'a\\b', "it's"]) await users().ensure(tenantId, id, {});
      expect(await idsFound(tenantId, '100%')).toEqual(['100%']);
      expect(await idsFound(tenantId, 'a_b')).toEqual(['a_b']);
      expect(await idsFound(tenantId, '\\')).toEqual(['a\\b']);
      expect(await idsFound(tenantId, "t's")).toEqual(["it's"]);
      expect(await idsFound(tenantId, '%')).toEqual(['100%']);
    });

    it('filters by whether a user is active', async () => {
      const tenantId = aTenant();
      for (const id of ['on', 'off']) await users().ensure(tenantId, id, {});
      await fixture.outside.setUserActive(tenantId, 'off', false);
      const active = await users().list(tenantId, { isActive: true }, { limit: 10 });
      const inactive = await users().list(tenantId, { isActive: false, search: undefined }, { limit: 10 });
      expect(active.items.map((user) => user.id)).toEqual(['on']);
      expect(inactive.items.map((user) => user.id)).toEqual(['off']);
    });

    it('shows the newest first', async () => {
      const tenantId = aTenant();
      for (const [day, id] of ['a', 'c', 'b'].entries()) {
        await users().ensure(tenantId, id, {});
        await fixture.outside.setCreatedAt('user', tenantId, id, new Date(Date.UTC(2020, 0, 1 + day)));
      }
      const { items, next } = await users().list(tenantId, {}, { limit: 3 });
      expect(items.map((user) => user.id)).toEqual(['b', 'c', 'a']);
      expect(next).toBeUndefined();
    });

    it.each([1, 2, 3, 7])('shows each of seven users of one moment once, in pages of %i', async (limit) => {
      const tenantId = aTenant();
      const ids = ['A', 'b', 'B', 'a', '_', 'é', '10'];
      for (const id of ids) {
        await users().ensure(tenantId, id, {});
        await fixture.outside.setCreatedAt('user', tenantId, id, new Date('2020-01-01T00:00:00.123Z'));
      }
      let extra = 0;
      const read = await readAll(
        (page) => users().list(tenantId, {}, page),
        limit,
        () => users().ensure(tenantId, `late-${extra++}`, {}),
      );
      expect(read.map((user) => user.id).sort()).toEqual(ids.sort());
    });
  });
}
