import { hashSecret } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anActiveKey, anId, anOwner, aTenant, newUsageEvent } from './builders.ts';
import { nastyTexts } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What every `UnscopedStore` promises beside its queue and ledger. */
export function unscopedStoreContract(fixture: StorageFixture): void {
  const find = (keyHash: string) => fixture.storage.unscoped.findBySecretHash(keyHash);

  describe('findBySecretHash', () => {
    it('reads all that verify decides upon', async () => {
      const validity = {
        startsAt: new Date('2020-01-01T00:00:00.001Z'),
        expiresAt: new Date('2040-01-01T00:00:00.001Z'),
      };
      const subscription = { status: 'suspended', models: ['m,1', 'm"2'], ...validity } as const;
      const owner = await anOwner(fixture.storage, {
        subscription: { ...subscription, models: [...subscription.models] },
      });
      const key = await anActiveKey(fixture.storage, owner, {
        models: ['m,1'],
        allowedIps: ['::1'],
        maxBudget: 1n,
        expiresAt: new Date('2039-01-01T00:00:00.999Z'),
      });
      await fixture.storage.unscoped.ledger.append([newUsageEvent(key, { costNano: 42n })]);
      const { id, tenantId, userId, subscriptionId, keyHash } = key;
      const found = await find(keyHash);
      expect(found).toMatchObject({
        key: { id, tenantId, userId, subscriptionId, name: key.name, lifecycle: 'active', isActive: true },
        secret: { keyHash, state: 'live', validUntil: null, liteLlmKeyId: keyHash },
        subscription,
        userIsActive: true,
        liteLlmUserId: null,
        tenantIsActive: true,
      });
      const { models, permissions, allowedIps, expiresAt, revokedAt } = key;
      const { maxBudget, softBudget, budgetDuration, tpmLimit, rpmLimit, maxParallelRequests, quotaLimit } = key;
      expect(found?.key).toMatchObject({ models, permissions, allowedIps, expiresAt, revokedAt });
      expect(found?.key).toMatchObject({ maxBudget, softBudget, budgetDuration, tpmLimit, rpmLimit });
      expect(found?.key).toMatchObject({ maxParallelRequests, quotaLimit, currentSpend: 42n });
    });

    it('finds keys in every lifecycle, for the caller to refuse', async () => {
      const owner = await anOwner(fixture.storage);
      const { key } = await aCreatingKey(fixture.storage, owner);
      expect(await find(key.keyHash)).toMatchObject({ key: { lifecycle: 'creating' }, secret: { state: 'minting' } });
      await fixture.storage.keys.moveLifecycle(owner.tenantId, key.id, ['creating'], 'aborting');
      expect(await find(key.keyHash)).toMatchObject({ key: { lifecycle: 'aborting' } });
    });

    it('sees what is switched off at once', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId, userId } = owner;
      const { id, keyHash } = await anActiveKey(fixture.storage, owner);
      await fixture.outside.setTenantActive(tenantId, false);
      await fixture.outside.setUserActive(tenantId, userId, false);
      await fixture.storage.users.recordSync(tenantId, userId, { status: 'synced', liteLlmUserId: `kw/${tenantId}` });
      await fixture.storage.keys.update(tenantId, id, { isActive: false, blockedBy: 'owner' });
      await fixture.outside.revokeKey(tenantId, id, new Date('2020-05-05T05:05:05.005Z'));
      expect(await find(keyHash)).toMatchObject({
        key: { isActive: false, revokedAt: new Date('2020-05-05T05:05:05.005Z') },
        userIsActive: false,
        tenantIsActive: false,
        liteLlmUserId: `kw/${tenantId}`,
      });
    });

    it.each([hashSecret('unknown'), '', 'abc', 'g'.repeat(64), 'F'.repeat(64), "'"])(
      'finds nothing under %j',
      async (hash) => {
        expect(await find(hash)).toBeUndefined();
      },
    );
  });

  describe('recordLastUsed', () => {
    const record = (...uses: { tenantId: string; keyId: string; at: Date }[]) =>
      fixture.storage.unscoped.recordLastUsed(uses);
    const lastUsed = async (tenantId: string, id: string) =>
      (await fixture.storage.keys.find({ tenantId }, id))?.key.lastUsedAt;
    const at = (millisecond: number) => new Date(Date.UTC(2026, 0, 1) + millisecond);

    it('writes the newest time of each key and never moves one back', async () => {
      const one = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
      const other = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
      const use = (key: typeof one, millisecond: number) => ({
        tenantId: key.tenantId,
        keyId: key.id,
        at: at(millisecond),
      });
      await record(use(one, 5), use(other, 7), use(one, 9), use(one, 6));
      expect(await lastUsed(one.tenantId, one.id)).toEqual(at(9));
      expect(await lastUsed(other.tenantId, other.id)).toEqual(at(7));
      await record(use(one, 8), use(other, 8));
      expect(await lastUsed(one.tenantId, one.id)).toEqual(at(9));
      expect(await lastUsed(other.tenantId, other.id)).toEqual(at(8));
      expect((await fixture.storage.keys.find({ tenantId: one.tenantId }, one.id))?.key.version).toBe(one.version);
    });

    it('passes over keys that are not there, and over another tenant', async () => {
      const key = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
      await record();
      await record(
        { tenantId: aTenant(), keyId: key.id, at: at(1) },
        { tenantId: key.tenantId, keyId: anId(), at: at(1) },
        { tenantId: key.tenantId, keyId: nastyTexts[0] ?? '', at: at(1) },
      );
      expect(await lastUsed(key.tenantId, key.id)).toBeNull();
    });
  });

  it('is healthy, and upkeep may be repeated', async () => {
    await fixture.storage.check();
    await fixture.storage.unscoped.maintain();
    await fixture.storage.unscoped.maintain();
  });
}
