import { describe, expect, it } from 'vitest';
import {
  aCreatingKey,
  aLease,
  anActiveKey,
  anId,
  anOwner,
  aTenant,
  keyTask,
  newAuditEntry,
  newKeyInput,
  type Owner,
  startKey,
} from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;

/** What `insertCreating` and `activate` of every `ApiKeyStore` promise. */
export function apiKeyIssueContract(fixture: StorageFixture): void {
  const keys = () => fixture.storage.keys;
  const find = async (owner: Owner, id: string) => (await keys().find({ tenantId: owner.tenantId }, id))?.key;
  const secretsOf = async (owner: Owner, id: string) => (await keys().mirrorSource(owner.tenantId, id))?.secrets;
  const entryFor = (owner: Owner, id: string) => newAuditEntry(owner.tenantId, { resourceId: id });

  describe('insertCreating', () => {
    it('writes the key, a minting secret of generation 1 and a task that the caller holds', async () => {
      const owner = await anOwner(fixture.storage);
      const input = newKeyInput(owner);
      const lease = aLease();
      const key = await startKey(fixture.storage, owner, input, { lease });
      expect(key).toMatchObject({ ...input, tenantId: owner.tenantId, lifecycle: 'creating', isActive: true });
      expect(key).toMatchObject({ liteLlmKeyId: null, blockedBy: null, currentSpend: 0n, currentQuotaUsage: 0 });
      expect(key).toMatchObject({ lastUsedAt: null, revokedAt: null, lastSyncAt: null, syncError: null });
      expect(key?.syncStatus).toBe('pending');
      const [secret, ...others] = (await secretsOf(owner, input.id)) ?? [];
      expect(others).toEqual([]);
      expect(secret).toMatchObject({ keyHash: input.keyHash, tenantId: owner.tenantId, apiKeyId: input.id });
      expect(secret).toMatchObject({ generation: 1, keyPrefix: input.keyPrefix, state: 'minting', validUntil: null });
      expect(secret?.mintingSince).toBeInstanceOf(Date);
      const task = { tenantId: owner.tenantId, entity: 'key', entityId: input.id } as const;
      expect(await fixture.storage.syncTasks.finish(task, 'not the token')).toBe('lost');
      expect(await fixture.storage.syncTasks.finish(task, lease.token)).toBe('done');
    });

    it('stops exactly at the limit', async () => {
      const owner = await anOwner(fixture.storage);
      for (let n = 0; n < 3; n++)
        expect(await startKey(fixture.storage, owner, {}, { maxKeysPerUser: 3 })).toBeDefined();
      const input = newKeyInput(owner);
      expect(await startKey(fixture.storage, owner, input, { maxKeysPerUser: 3 })).toBeUndefined();
      expect(await find(owner, input.id)).toBeUndefined();
      expect(await secretsOf(owner, input.id)).toBeUndefined();
      expect(await fixture.storage.unscoped.findBySecretHash(input.keyHash)).toBeUndefined();
      expect(await startKey(fixture.storage, owner, {}, { maxKeysPerUser: 4 })).toBeDefined();
      expect(await startKey(fixture.storage, owner, {}, { maxKeysPerUser: 0 })).toBeUndefined();
    });

    it('counts creating, active and blocked keys', async () => {
      const owner = await anOwner(fixture.storage);
      const next = () => startKey(fixture.storage, owner, {}, { maxKeysPerUser: 4 });
      await aCreatingKey(fixture.storage, owner);
      await anActiveKey(fixture.storage, owner, { expiresAt: new Date(Date.now() + aMinute) });
      const blocked = await anActiveKey(fixture.storage, owner);
      await keys().update(owner.tenantId, blocked.id, { isActive: false, blockedBy: 'admin' });
      expect(await next()).toBeDefined();
      expect(await next()).toBeUndefined();
    });

    it('does not count expired, aborting, deleting and revoked keys, nor those of others', async () => {
      const owner = await anOwner(fixture.storage);
      const { tenantId } = owner;
      const past = new Date(Date.now() - aMinute);
      await anActiveKey(fixture.storage, owner, { expiresAt: past });
      const blockedAndExpired = await anActiveKey(fixture.storage, owner, { expiresAt: past });
      await keys().update(tenantId, blockedAndExpired.id, { isActive: false, blockedBy: 'owner' });
      const { key: aborting } = await aCreatingKey(fixture.storage, owner);
      await keys().moveLifecycle(tenantId, aborting.id, ['creating'], 'aborting');
      const deleting = await anActiveKey(fixture.storage, owner);
      await keys().moveLifecycle(tenantId, deleting.id, ['active'], 'deleting');
      const revoked = await anActiveKey(fixture.storage, owner);
      await fixture.outside.revokeKey(tenantId, revoked.id, past);
      await anActiveKey(fixture.storage, await anOwner(fixture.storage, { tenantId }));
      await anActiveKey(fixture.storage, await anOwner(fixture.storage, { userId: owner.userId }));
      expect(await startKey(fixture.storage, owner, {}, { maxKeysPerUser: 1 })).toBeDefined();
      expect(await startKey(fixture.storage, owner, {}, { maxKeysPerUser: 1 })).toBeUndefined();
    });

    it('lets exactly ten of twenty at once through, over all subscriptions of the user', async () => {
      const owner = await anOwner(fixture.storage);
      const second = await anOwner(fixture.storage, owner);
      const started = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          startKey(fixture.storage, n % 2 ? owner : second, {}, { maxKeysPerUser: 10 }),
        ),
      );
      expect(started.filter((key) => key !== undefined)).toHaveLength(10);
    });

    it('refuses a secret that exists already, in whatever tenant', async () => {
      const owner = await anOwner(fixture.storage);
      const key = await anActiveKey(fixture.storage, owner);
      const elsewhere = await anOwner(fixture.storage);
      await expect(startKey(fixture.storage, elsewhere, { keyHash: key.keyHash })).rejects.toThrow();
      expect((await keys().list(elsewhere.tenantId, {}, { limit: 10 })).items).toEqual([]);
      expect(await find(owner, key.id)).toEqual(key);
    });

    it('refuses a subscription of another tenant', async () => {
      const owner = await anOwner(fixture.storage);
      const { subscriptionId } = await anOwner(fixture.storage);
      await expect(startKey(fixture.storage, owner, { subscriptionId })).rejects.toThrow();
    });
  });

  describe('activate', () => {
    it('makes the key active, its secret live, ends the task and writes the audit entry in one go', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      const entry = entryFor(owner, key.id);
      const active = await keys().activate(owner.tenantId, key.id, lease.token, entry);
      expect(active).toMatchObject({
        id: key.id,
        lifecycle: 'active',
        liteLlmKeyId: key.keyHash,
        syncStatus: 'synced',
      });
      expect(active?.lastSyncAt).toBeInstanceOf(Date);
      expect(await find(owner, key.id)).toEqual(active);
      const secrets = await secretsOf(owner, key.id);
      expect(secrets).toMatchObject([{ state: 'live', liteLlmKeyId: key.keyHash, mintingSince: null }]);
      expect(await fixture.storage.syncTasks.finish(keyTask(key), lease.token)).toBe('lost');
      expect((await fixture.storage.syncTasks.list(owner.tenantId, { limit: 10 })).items).toEqual([]);
      const log = await fixture.storage.audit.list(owner.tenantId, {}, { limit: 10 });
      expect(log.items).toMatchObject([{ id: entry.id, resourceId: key.id }]);
    });

    it('leaves the task due, free for anyone, when the subscription changed while the key was being created', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      const { tenantId, subscriptionId } = owner;
      expect(await fixture.storage.syncTasks.markKeysOf(tenantId, { subscriptionId })).toBe(1);
      const active = await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id));
      expect(active).toMatchObject({ lifecycle: 'active', syncStatus: 'pending' });
      const claimed = await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute);
      expect(claimed.filter((task) => task.entityId === key.id)).toHaveLength(1);
    });

    it('works with a lease that ran out as long as nobody claimed the task', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      await fixture.outside.ageTask(keyTask(key), lease.ms + 1);
      expect(await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id))).toBeDefined();
    });

    it('does nothing when somebody else claimed the task', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      await fixture.outside.ageTask(keyTask(key), lease.ms + 1);
      const claimed = await fixture.storage.unscoped.syncQueue.claim(10_000, aMinute);
      expect(claimed.filter((task) => task.entityId === key.id)).toHaveLength(1);
      expect(await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id))).toBeUndefined();
      expect(await find(owner, key.id)).toEqual(key);
      expect(await secretsOf(owner, key.id)).toMatchObject([{ state: 'minting' }]);
      expect((await fixture.storage.audit.list(owner.tenantId, {}, { limit: 10 })).items).toEqual([]);
    });

    it('does nothing with a wrong token, for another tenant, for no UUID, or a second time', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      const other = aTenant();
      const entry = newAuditEntry(other);
      expect(await keys().activate(owner.tenantId, key.id, anId(), entryFor(owner, key.id))).toBeUndefined();
      expect(await keys().activate(owner.tenantId, key.id, "no'uuid", entryFor(owner, key.id))).toBeUndefined();
      expect(await keys().activate(other, key.id, lease.token, entry)).toBeUndefined();
      expect(await keys().activate(owner.tenantId, "no'uuid", lease.token, entryFor(owner, key.id))).toBeUndefined();
      expect((await fixture.storage.audit.list(other, {}, { limit: 10 })).items).toEqual([]);
      expect(await find(owner, key.id)).toEqual(key);
      expect(await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id))).toBeDefined();
      expect(await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id))).toBeUndefined();
      expect((await fixture.storage.audit.list(owner.tenantId, {}, { limit: 10 })).items).toHaveLength(1);
    });

    it('does nothing for a key that is being aborted, even with the right token', async () => {
      const owner = await anOwner(fixture.storage);
      const { key, lease } = await aCreatingKey(fixture.storage, owner);
      await keys().moveLifecycle(owner.tenantId, key.id, ['creating'], 'aborting');
      expect(await keys().activate(owner.tenantId, key.id, lease.token, entryFor(owner, key.id))).toBeUndefined();
      expect(await find(owner, key.id)).toMatchObject({ lifecycle: 'aborting' });
      expect(await fixture.storage.syncTasks.finish(keyTask(key), lease.token)).toBe('done');
    });
  });
}
