import { type ApiKey, type ApiKeyChange, maxNanoUsd, parseUsd } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anActiveKey, anId, anOwner, aTenant, type Owner } from './builders.ts';
import { nastyTexts } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

const full: Partial<ApiKey> = {
  name: nastyTexts[0] ?? '',
  models: [...nastyTexts],
  permissions: ['llm:chat', 'reports:*'],
  maxBudget: maxNanoUsd,
  softBudget: 1n,
  budgetDuration: '30d',
  tpmLimit: 2_147_483_647,
  rpmLimit: 0,
  maxParallelRequests: 7,
  quotaLimit: Number.MAX_SAFE_INTEGER,
  allowedIps: ['203.0.113.7', '2001:db8::/32'],
  tags: [...nastyTexts],
  metadata: { b: [1.5, { 'x"': null, a: '🦊\\' }], a: { '': false, n: -0.1 } },
  expiresAt: new Date('2031-03-30T01:59:59.999Z'),
};

/** What every `ApiKeyStore` promises for keys that are there. */
export function apiKeyStoreContract(fixture: StorageFixture): void {
  const keys = () => fixture.storage.keys;
  const find = async (owner: Owner, id: string) => (await keys().find({ tenantId: owner.tenantId }, id))?.key;
  const secretsOf = async (owner: Owner, id: string) => (await keys().mirrorSource(owner.tenantId, id))?.secrets ?? [];

  describe('find', () => {
    it('gives back every field as it was written, with the models of the subscription', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { models: ['m1', 'm,2'] } });
      const key = await anActiveKey(fixture.storage, owner, full);
      expect(key).toMatchObject(full);
      const scope = { tenantId: owner.tenantId };
      const wanted = { key, subscriptionModels: ['m1', 'm,2'] };
      expect(await keys().find(scope, key.id)).toEqual(wanted);
      expect(await keys().find({ ...scope, userId: owner.userId }, key.id)).toEqual(wanted);
      expect(await fixture.storage.transaction((stores) => stores.keys.lock(scope, key.id))).toEqual(wanted);
    });

    it('stores amounts as USD, dates to the millisecond and metadata whatever the order of its properties', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner, { ...full, maxBudget: 1n });
      const raw = await fixture.outside.rawKey(owner.tenantId, key.id);
      expect(parseUsd(raw?.maxBudgetUsd ?? '')).toBe(1n);
      const { name, models, expiresAt } = full;
      const metadata = { a: { n: -0.1, '': false }, b: [1.5, { a: '🦊\\', 'x"': null }] };
      expect(raw).toMatchObject({ name, models, expiresAt, metadata, secrets: 1 });
      expect(await fixture.outside.rawKey(aTenant(), key.id)).toBeUndefined();
    });

    it('shows nothing to another tenant or another user', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner);
      for (const scope of [{ tenantId: aTenant() }, { tenantId: owner.tenantId, userId: 'someone-else' }]) {
        expect(await keys().find(scope, key.id)).toBeUndefined();
        expect(await fixture.storage.transaction((stores) => stores.keys.lock(scope, key.id))).toBeUndefined();
      }
    });

    it.each(['', 'x', "'", '%', '0190-0'])('treats %j, which is no UUID, as absent everywhere', async (id) => {
      const { tenantId } = await anOwner(fixture.storage);
      expect(await keys().find({ tenantId }, id)).toBeUndefined();
      expect(await keys().lock({ tenantId }, id)).toBeUndefined();
      expect(await keys().mirrorSource(tenantId, id)).toBeUndefined();
      expect(await keys().update(tenantId, id, { name: 'x' })).toBeUndefined();
      expect(await keys().moveLifecycle(tenantId, id, ['active'], 'deleting')).toBeUndefined();
      expect(await keys().remove(tenantId, id, ['active'])).toBe(false);
      await keys().recordSync(tenantId, id, 'synced', null);
    });
  });

  describe('update', () => {
    const limits = ['maxBudget', 'softBudget', 'tpmLimit', 'rpmLimit', 'maxParallelRequests', 'quotaLimit'] as const;
    const zero = (limit: (typeof limits)[number]) => (limit.endsWith('Budget') ? 0n : 0);

    it('changes what is given and nothing else, and raises the version by one', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner, full);
      const changes: ApiKeyChange[] = [
        { name: 'new' },
        { models: ['only, this'], permissions: ['*'] },
        { allowedIps: [], tags: ['{}'], metadata: { changed: [{}] } },
        { isActive: false, blockedBy: 'admin' },
        { expiresAt: new Date('2032-01-01T00:00:00.001Z'), syncStatus: 'error', syncError: 'refused "it"' },
        {},
      ];
      let wanted = key;
      for (const change of changes) {
        const stored = await keys().update(owner.tenantId, key.id, change);
        wanted = { ...wanted, ...change, version: wanted.version + 1, updatedAt: stored?.updatedAt ?? key.updatedAt };
        expect(stored).toEqual(wanted);
        expect(await find(owner, key.id)).toEqual(wanted);
      }
    });

    it.each(limits)('keeps 0, null and absent apart for %s', async (limit) => {
      const owner = await anOwner(fixture.storage);
      const { id } = await anActiveKey(fixture.storage, owner);
      expect(await find(owner, id)).toMatchObject({ [limit]: null });
      await keys().update(owner.tenantId, id, { [limit]: zero(limit) });
      expect(await find(owner, id)).toMatchObject({ [limit]: zero(limit) });
      await keys().update(owner.tenantId, id, { name: 'other' });
      expect(await find(owner, id)).toMatchObject({ [limit]: zero(limit) });
      await keys().update(owner.tenantId, id, { [limit]: null });
      expect(await find(owner, id)).toMatchObject({ [limit]: null });
    });

    it('clears what is null', async () => {
      const owner = await anOwner(fixture.storage);
      const { id } = await anActiveKey(fixture.storage, owner, full);
      const change = { models: null, budgetDuration: null, expiresAt: null, blockedBy: null, syncError: null };
      expect(await keys().update(owner.tenantId, id, change)).toMatchObject(change);
      expect(await find(owner, id)).toMatchObject(change);
    });

    it('does nothing when the version is another', async () => {
      const owner = await anOwner(fixture.storage);
      const { id, version } = await anActiveKey(fixture.storage, owner);
      const first = await keys().update(owner.tenantId, id, { name: 'first' }, version);
      expect(first?.version).toBe(version + 1);
      expect(await keys().update(owner.tenantId, id, { name: 'late' }, version)).toBeUndefined();
      expect(await find(owner, id)).toEqual(first);
    });

    it('lets one of ten changes of the same version through', async () => {
      const owner = await anOwner(fixture.storage);
      const { id, version } = await anActiveKey(fixture.storage, owner);
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, n) => keys().update(owner.tenantId, id, { name: `n${n}` }, version)),
      );
      expect(all.filter((key) => key !== undefined)).toHaveLength(1);
    });
  });

  describe('moveLifecycle, recordSync and remove', () => {
    it('moves only from the lifecycles that are named', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId } = owner;
      const key = await anActiveKey(fixture.storage, owner);
      expect(await keys().moveLifecycle(tenantId, key.id, ['creating', 'aborting'], 'deleting')).toBeUndefined();
      expect(await keys().moveLifecycle(tenantId, key.id, [], 'deleting')).toBeUndefined();
      expect(await find(owner, key.id)).toEqual(key);
      const moved = await keys().moveLifecycle(tenantId, key.id, ['creating', 'active'], 'deleting', 'why "so"');
      expect(moved).toMatchObject({ lifecycle: 'deleting', version: key.version + 1, syncError: 'why "so"' });
      expect(await find(owner, key.id)).toEqual(moved);
      expect(await keys().moveLifecycle(tenantId, key.id, ['active'], 'deleting')).toBeUndefined();
    });

    it('notes a synchronisation without touching the version', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner);
      await keys().recordSync(owner.tenantId, key.id, 'error', 'refused');
      expect(await find(owner, key.id)).toMatchObject({
        syncStatus: 'error',
        syncError: 'refused',
        version: key.version,
      });
      await keys().recordSync(owner.tenantId, key.id, 'synced', null);
      const synced = await find(owner, key.id);
      expect(synced).toMatchObject({ syncStatus: 'synced', syncError: null, version: key.version });
      expect(synced?.lastSyncAt).toBeInstanceOf(Date);
    });

    it('removes key and secrets once, and only in the named lifecycles', async () => {
      const owner = await anOwner(fixture.storage);
      const { id, keyHash } = await anActiveKey(fixture.storage, owner);
      expect(await keys().remove(owner.tenantId, id, ['deleting', 'aborting'])).toBe(false);
      expect(await find(owner, id)).toBeDefined();
      expect(await keys().remove(owner.tenantId, id, ['deleting', 'active'])).toBe(true);
      expect(await find(owner, id)).toBeUndefined();
      expect(await fixture.outside.rawKey(owner.tenantId, id)).toBeUndefined();
      expect(await keys().mirrorSource(owner.tenantId, id)).toBeUndefined();
      expect(await fixture.storage.unscoped.findBySecretHash(keyHash)).toBeUndefined();
      expect(await keys().remove(owner.tenantId, id, ['deleting', 'active'])).toBe(false);
    });

    it('changes nothing for another tenant', async () => {
      const owner = await anOwner(fixture.storage);
      const { key } = await aCreatingKey(fixture.storage, owner);
      const other = aTenant();
      const secrets = await secretsOf(owner, key.id);
      expect(await keys().update(other, key.id, { name: 'theirs' })).toBeUndefined();
      expect(await keys().moveLifecycle(other, key.id, ['creating'], 'aborting')).toBeUndefined();
      expect(await keys().remove(other, key.id, ['creating'])).toBe(false);
      expect(await keys().mirrorSource(other, key.id)).toBeUndefined();
      await keys().recordSync(other, key.id, 'error', 'theirs');
      await keys().settleMinting(other, key.keyHash);
      expect(await find(owner, key.id)).toEqual(key);
      expect(await secretsOf(owner, key.id)).toEqual(secrets);
    });
  });

  describe('secrets', () => {
    it('notes that no late commit can follow', async () => {
      const owner = await anOwner(fixture.storage);
      const { key } = await aCreatingKey(fixture.storage, owner);
      const since = (await secretsOf(owner, key.id))[0]?.mintingSince?.getTime() ?? 0;
      await fixture.outside.shiftMintingSince(key.keyHash, 5000);
      const shifted = (await secretsOf(owner, key.id))[0]?.mintingSince;
      expect(shifted?.getTime()).toBe(since - 5000);
      await keys().settleMinting(owner.tenantId, key.keyHash);
      await keys().settleMinting(owner.tenantId, 'f'.repeat(64));
      expect(await secretsOf(owner, key.id)).toMatchObject([{ state: 'minting', mintingSince: null }]);
    });

    it('come with all that the copies in LiteLLM are made of, in any lifecycle', async () => {
      const owner = await anOwner(fixture.storage, { subscription: { models: ['m,1'], maxBudget: 3n } });
      const { tenantId, userId, subscriptionId } = owner;
      const { key } = await aCreatingKey(fixture.storage, owner, full);
      const source = await keys().mirrorSource(tenantId, key.id);
      expect(source?.key).toEqual(key);
      expect(source?.secrets).toMatchObject([{ keyHash: key.keyHash, apiKeyId: key.id, generation: 1 }]);
      expect(source?.subscription).toEqual(await fixture.storage.subscriptions.find(tenantId, subscriptionId));
      expect(source?.user).toEqual(await fixture.storage.users.find(tenantId, userId));
      expect(source?.tenant).toMatchObject({ id: tenantId, isActive: true, liteLlmTeamId: null });
      await keys().moveLifecycle(tenantId, key.id, ['creating'], 'aborting');
      expect((await keys().mirrorSource(tenantId, key.id))?.key.lifecycle).toBe('aborting');
      expect(await keys().mirrorSource(tenantId, anId())).toBeUndefined();
    });
  });
}
