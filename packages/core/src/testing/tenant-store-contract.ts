import type { NewTenant, PageRequest, TenantChange, TenantFilter } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { anActiveKey, anOwner, aTenant } from './builders.ts';
import { nastyTexts, readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

const plain: NewTenant = { name: null, isActive: true, liteLlmTeamId: null, syncStatus: null };
const inATeam = (): NewTenant => ({
  name: 'Acme',
  isActive: true,
  liteLlmTeamId: `team of ${aTenant()}`,
  syncStatus: 'pending',
});

/** What every `TenantStore` promises, and `listTenants` of every `UnscopedStore`. */
export function tenantStoreContract(fixture: StorageFixture): void {
  const tenants = () => fixture.storage.tenants;

  describe('insert and find', () => {
    it('gives back what was written', async () => {
      const tenantId = aTenant();
      const given = { ...inATeam(), isActive: false };
      const stored = await tenants().insert(tenantId, given);
      expect(stored).toMatchObject({ id: tenantId, ...given, syncError: null, lastSyncAt: null });
      expect(stored?.createdAt).toBeInstanceOf(Date);
      expect(stored?.updatedAt).toEqual(stored?.createdAt);
      expect(await tenants().find(tenantId)).toEqual(stored);
      expect(await fixture.storage.transaction((stores) => stores.tenants.lock(tenantId))).toEqual(stored);
    });

    it('leaves a tenant alone that is there already, also one that came with its first user', async () => {
      const tenantId = aTenant();
      await fixture.storage.users.ensure(tenantId, 'alice', {});
      const before = await tenants().find(tenantId);
      expect(before).toMatchObject({ id: tenantId, ...plain });
      expect(await tenants().insert(tenantId, inATeam())).toBeUndefined();
      expect(await tenants().find(tenantId)).toEqual(before);
    });

    it('makes one tenant of twenty that are made at once', async () => {
      const tenantId = aTenant();
      const all = await Promise.all(Array.from({ length: 20 }, () => tenants().insert(tenantId, plain)));
      expect(all.filter((tenant) => tenant !== undefined)).toHaveLength(1);
    });

    it.each(nastyTexts)('stores %j as it is given', async (text) => {
      const tenantId = `${aTenant()}-${text}`.slice(0, 255);
      const stored = await tenants().insert(tenantId, {
        ...inATeam(),
        name: text,
        liteLlmTeamId: `${tenantId} ${text}`,
      });
      expect(stored).toMatchObject({ id: tenantId, name: text, liteLlmTeamId: `${tenantId} ${text}` });
      expect(await tenants().find(tenantId)).toEqual(stored);
    });

    it('finds and changes nothing where nothing is', async () => {
      const tenantId = aTenant();
      expect(await tenants().find(tenantId)).toBeUndefined();
      expect(await tenants().lock(tenantId)).toBeUndefined();
      expect(await tenants().update(tenantId, { isActive: false })).toBeUndefined();
      await tenants().recordSync(tenantId, 'error', 'refused');
      expect(await tenants().find(tenantId)).toBeUndefined();
    });
  });

  describe('a team', () => {
    it('belongs to one tenant: what is done to it would be done to the other one as well', async () => {
      const [first, second] = [aTenant(), aTenant()];
      const mapped = inATeam();
      await tenants().insert(first, mapped);
      const taken = { code: 'validation_failed', errors: [{ path: 'liteLlmTeamId' }] };
      await expect(tenants().insert(second, mapped)).rejects.toMatchObject(taken);
      await tenants().insert(second, plain);
      const { liteLlmTeamId } = mapped;
      await expect(tenants().update(second, { liteLlmTeamId })).rejects.toMatchObject(taken);
      await tenants().update(first, { liteLlmTeamId: null, syncStatus: null });
      expect(await tenants().update(second, { liteLlmTeamId })).toMatchObject({ liteLlmTeamId });
    });
  });

  describe('update', () => {
    it('changes what is given and nothing else, of this tenant alone', async () => {
      const [tenantId, other] = [aTenant(), aTenant()];
      const [stored, namesake] = [
        await tenants().insert(tenantId, inATeam()),
        await tenants().insert(other, inATeam()),
      ];
      if (!stored) throw new Error('The tenant should be new.');
      const changes: TenantChange[] = [
        { isActive: false },
        { name: null },
        { liteLlmTeamId: `another team of ${tenantId}`, syncStatus: 'error', syncError: 'refused "it"' },
        { liteLlmTeamId: null, syncStatus: null, syncError: null },
        {},
      ];
      let wanted = stored;
      for (const change of changes) {
        const changed = await tenants().update(tenantId, change);
        wanted = { ...wanted, ...change, updatedAt: changed?.updatedAt ?? stored.updatedAt };
        expect(changed).toEqual(wanted);
        expect(await tenants().find(tenantId)).toEqual(wanted);
      }
      expect(await tenants().find(other)).toEqual(namesake);
    });

    it('is seen by whoever verifies, creates and synchronises keys', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId, userId, subscriptionId } = owner;
      const key = await anActiveKey(fixture.storage, owner);
      const tenant = await tenants().update(tenantId, {
        isActive: false,
        liteLlmTeamId: 'team-1',
        syncStatus: 'pending',
      });
      expect(await fixture.storage.unscoped.findBySecretHash(key.keyHash)).toMatchObject({ tenantIsActive: false });
      expect((await fixture.storage.keys.mirrorSource(tenantId, key.id))?.tenant).toEqual(tenant);
      const context = await fixture.storage.transaction((stores) =>
        stores.subscriptions.lockForIssue(tenantId, userId, subscriptionId),
      );
      expect(context?.tenant).toEqual(tenant);
    });
  });

  describe('recordSync', () => {
    it('notes how the team stands, and when both were last equal', async () => {
      const tenantId = aTenant();
      await tenants().insert(tenantId, inATeam());
      await tenants().recordSync(tenantId, 'error', 'refused');
      expect(await tenants().find(tenantId)).toMatchObject({
        syncStatus: 'error',
        syncError: 'refused',
        lastSyncAt: null,
      });
      await tenants().recordSync(tenantId, 'synced', null);
      const synced = await tenants().find(tenantId);
      expect(synced).toMatchObject({ syncStatus: 'synced', syncError: null, lastSyncAt: expect.any(Date) });
      await tenants().recordSync(tenantId, 'error', 'again');
      expect(await tenants().find(tenantId)).toMatchObject({ syncError: 'again', lastSyncAt: synced?.lastSyncAt });
    });

    it('notes nothing for a tenant that is mapped to no team, or not any more', async () => {
      const tenantId = aTenant();
      const stored = await tenants().insert(tenantId, plain);
      await tenants().recordSync(tenantId, 'synced', null);
      expect(await tenants().find(tenantId)).toEqual(stored);
    });
  });

  describe('listTenants', () => {
    const list = (filter: TenantFilter, page: PageRequest) => fixture.storage.unscoped.listTenants(filter, page);
    const idsFound = async (search: string, isActive?: boolean) =>
      (await list({ search, isActive }, { limit: 100 })).items.map((tenant) => tenant.id);

    it('searches id and name, whatever the case, and reads %, _ and \\ as themselves', async () => {
      const mark = aTenant();
      await tenants().insert(`${mark}-a`, { ...plain, name: `100% Oil ${mark}` });
      await tenants().insert(`${mark}-b`, { ...plain, name: `back\\slash ${mark}` });
      expect((await idsFound(mark.toUpperCase())).sort()).toEqual([`${mark}-a`, `${mark}-b`]);
      expect(await idsFound(`${mark}-B`)).toEqual([`${mark}-b`]);
      expect(await idsFound(`100% oIL ${mark}`)).toEqual([`${mark}-a`]);
      expect(await idsFound(`\\SLASH ${mark}`)).toEqual([`${mark}-b`]);
      expect(await idsFound(`100_ Oil ${mark}`)).toEqual([]);
      expect(await idsFound(`%${mark}`)).toEqual([]);
    });

    it('filters by whether a tenant is active', async () => {
      const mark = aTenant();
      await tenants().insert(`${mark}-on`, plain);
      await tenants().insert(`${mark}-off`, { ...plain, isActive: false });
      expect(await idsFound(mark, true)).toEqual([`${mark}-on`]);
      expect(await idsFound(mark, false)).toEqual([`${mark}-off`]);
    });

    it('shows the newest first, with every field', async () => {
      const mark = aTenant();
      for (const [day, id] of ['a', 'c', 'b'].entries()) {
        await tenants().insert(`${mark}-${id}`, inATeam());
        await fixture.outside.setCreatedAt(
          'tenant',
          `${mark}-${id}`,
          `${mark}-${id}`,
          new Date(Date.UTC(2020, 0, 1 + day)),
        );
      }
      const { items, next } = await list({ search: mark }, { limit: 3 });
      expect(items.map((tenant) => tenant.id)).toEqual(['b', 'c', 'a'].map((id) => `${mark}-${id}`));
      expect(items[0]).toEqual(await tenants().find(`${mark}-b`));
      expect(next).toBeUndefined();
      expect((await list({}, { limit: 1 })).items).toHaveLength(1);
    });

    it.each([1, 2, 3, 7])('shows each of seven tenants of one moment once, in pages of %i', async (limit) => {
      const mark = aTenant();
      const ids = ['A', 'b', 'B', 'a', '_', 'é', '10'].map((end) => `${mark}-${end}`);
      for (const id of ids) {
        await tenants().insert(id, plain);
        await fixture.outside.setCreatedAt('tenant', id, id, new Date('2020-01-01T00:00:00.123Z'));
      }
      let extra = 0;
      const read = await readAll(
        (page) => list({ search: mark }, page),
        limit,
        () => tenants().insert(`${mark}-late-${extra++}`, plain),
      );
      expect(read.map((tenant) => tenant.id).sort()).toEqual(ids.sort());
    });
  });
}
