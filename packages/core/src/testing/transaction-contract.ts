import { describe, expect, it } from 'vitest';
import {
  aCreatingKey,
  aLease,
  aMintingSecret,
  anActiveKey,
  anOwner,
  aRotatedKey,
  aTenant,
  keyTask,
  newAuditEntry,
  newKeyInput,
  newSecretInput,
  newSubscription,
} from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What `transaction` of every `Storage` promises. */
export function transactionContract(fixture: StorageFixture): void {
  const firstPage = { limit: 10 };

  it('gives back what the work returns, and the work sees its own writes', async () => {
    const tenantId = aTenant();
    const seen = await fixture.storage.transaction(async (stores) => {
      await stores.users.ensure(tenantId, 'alice', {});
      const subscription = await stores.subscriptions.insert(tenantId, newSubscription('alice', { isDefault: true }));
      const context = await stores.subscriptions.lockForIssue(tenantId, 'alice', undefined);
      return { written: subscription.id, read: context?.subscription.id };
    });
    expect(seen.read).toBe(seen.written);
    expect(await fixture.storage.subscriptions.find(tenantId, seen.written)).toBeDefined();
  });

  it('writes nothing of anything when the work throws, and passes the error on', async () => {
    const owner = await anOwner(fixture.storage, { subscription: { isDefault: true } });
    const { tenantId, userId, subscriptionId } = owner;
    const key = await anActiveKey(fixture.storage, owner);
    const { key: creating } = await aCreatingKey(fixture.storage, owner);
    await aRotatedKey(fixture.storage, key, new Date(Date.now() + 60_000));
    const { key: rotating } = await aCreatingKey(fixture.storage, owner);
    const minting = [await aMintingSecret(fixture.storage, rotating), await aMintingSecret(fixture.storage, rotating)];
    const [promoted, abandoned] = minting.map(({ keyHash }) => keyHash);
    if (!promoted || !abandoned) throw new Error('unreachable');
    const newTenant = aTenant();
    const { keys, subscriptions, tenants, users, audit, syncTasks } = fixture.storage;
    const snapshot = async () => ({
      tenant: await tenants.find(tenantId),
      newTenant: await tenants.find(newTenant),
      rotating: await keys.mirrorSource(tenantId, rotating.id),
      key: await keys.mirrorSource(tenantId, key.id),
      creating: await keys.mirrorSource(tenantId, creating.id),
      subscriptions: await subscriptions.list(tenantId, {}, firstPage),
      users: await users.list(tenantId, {}, firstPage),
      audit: await audit.list(tenantId, {}, firstPage),
      tasks: await syncTasks.list(tenantId, firstPage),
    });
    const before = await snapshot();
    const failure = new Error('on purpose');
    const input = newKeyInput(owner);
    const work = fixture.storage.transaction(async (stores) => {
      await stores.tenants.insert(newTenant, { name: null, isActive: true, liteLlmTeamId: null, syncStatus: null });
      await stores.tenants.update(tenantId, { isActive: false, liteLlmTeamId: tenantId, syncStatus: 'pending' });
      await stores.tenants.recordSync(tenantId, 'synced', null);
      await stores.users.ensure(tenantId, userId, { name: 'changed' });
      await stores.users.ensure(tenantId, 'new', {});
      await stores.users.update(tenantId, userId, { isActive: false, maxBudget: 1n });
      await stores.users.recordSync(tenantId, userId, { status: 'error', error: 'x' });
      await stores.subscriptions.insert(tenantId, newSubscription(userId, { isDefault: true }));
      await stores.subscriptions.update(tenantId, subscriptionId, { models: ['x'] });
      await stores.subscriptions.lockForIssue(tenantId, userId, subscriptionId);
      await stores.keys.insertCreating(tenantId, input, aLease(), 100);
      await stores.keys.update(tenantId, key.id, { name: 'changed', metadata: { changed: true } });
      await stores.keys.settleMinting(tenantId, creating.keyHash);
      await stores.keys.removeSecret(tenantId, key.keyHash);
      await stores.keys.insertSecret(tenantId, key.id, newSecretInput());
      await stores.keys.abandonSecret(tenantId, abandoned, new Date());
      await stores.keys.promoteSecret(tenantId, promoted, new Date());
      await stores.keys.recordSync(tenantId, key.id, 'error', 'x');
      await stores.keys.remove(tenantId, creating.id, ['creating']);
      await stores.keys.moveLifecycle(tenantId, key.id, ['active'], 'deleting');
      await stores.audit.append(tenantId, newAuditEntry(tenantId));
      await stores.syncTasks.mark(tenantId, 'key', key.id, aLease());
      await stores.syncTasks.markKeysOf(tenantId, { userId });
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await snapshot()).toEqual(before);
    expect(await fixture.storage.unscoped.findBySecretHash(input.keyHash)).toBeUndefined();
  });

  it('goes on working after a transaction that failed', async () => {
    const tenantId = aTenant();
    await expect(fixture.storage.transaction(() => Promise.reject(new Error('on purpose')))).rejects.toThrow(
      'on purpose',
    );
    await fixture.storage.transaction((stores) => stores.users.ensure(tenantId, 'alice', {}));
    expect(await fixture.storage.users.find(tenantId, 'alice')).toBeDefined();
  });

  it('undoes everything when the store itself refuses a write', async () => {
    const owner = await anOwner(fixture.storage);
    const key = await anActiveKey(fixture.storage, owner);
    const work = fixture.storage.transaction(async (stores) => {
      await stores.keys.update(owner.tenantId, key.id, { name: 'changed' });
      await stores.subscriptions.insert(owner.tenantId, newSubscription('nobody'));
    });
    await expect(work).rejects.toThrow();
    expect((await fixture.storage.keys.find({ tenantId: owner.tenantId }, key.id))?.key).toEqual(key);
  });

  it('lets no change get lost between reading under lock and writing', async () => {
    const owner = await anOwner(fixture.storage);
    const { tenantId, userId, subscriptionId } = owner;
    const { id } = await anActiveKey(fixture.storage, owner, { tpmLimit: 0 });
    const increase = () =>
      fixture.storage.transaction(async (stores) => {
        const tenant = await stores.tenants.lock(tenantId);
        await stores.tenants.update(tenantId, { name: `${tenant?.name ?? ''}x` });
        const user = await stores.users.lock(tenantId, userId);
        await stores.users.update(tenantId, userId, { rpmLimit: (user?.rpmLimit ?? 0) + 1 });
        const subscription = await stores.subscriptions.lock(tenantId, subscriptionId);
        await stores.subscriptions.update(tenantId, subscriptionId, { rpmLimit: (subscription?.rpmLimit ?? 0) + 1 });
        const found = await stores.keys.lock({ tenantId }, id);
        await stores.keys.update(tenantId, id, { tpmLimit: (found?.key.tpmLimit ?? 0) + 1 });
      });
    await Promise.all(Array.from({ length: 10 }, increase));
    expect((await fixture.storage.keys.find({ tenantId }, id))?.key.tpmLimit).toBe(10);
    expect(await fixture.storage.subscriptions.find(tenantId, subscriptionId)).toMatchObject({ rpmLimit: 10 });
    expect(await fixture.storage.users.find(tenantId, userId)).toMatchObject({ rpmLimit: 10 });
    expect(await fixture.storage.tenants.find(tenantId)).toMatchObject({ name: 'x'.repeat(10) });
  });

  it('writes row, audit entry and task of a change together, the task held by the caller', async () => {
    const owner = await anOwner(fixture.storage);
    const key = await anActiveKey(fixture.storage, owner);
    const lease = aLease();
    const held = await fixture.storage.transaction(async (stores) => {
      await stores.keys.update(owner.tenantId, key.id, { name: 'renamed' });
      await stores.audit.append(owner.tenantId, newAuditEntry(owner.tenantId, { action: 'API_KEY_UPDATE' }));
      return stores.syncTasks.mark(owner.tenantId, 'key', key.id, lease);
    });
    expect(held).toBe(true);
    expect(await fixture.storage.syncTasks.finish(keyTask(key), lease.token)).toBe('done');
    const log = await fixture.storage.audit.list(owner.tenantId, { action: 'API_KEY_UPDATE' }, firstPage);
    expect(log.items).toHaveLength(1);
  });

  describe('at once', () => {
    it('runs thirty transactions that were asked for together', async () => {
      const tenantId = aTenant();
      const ids = Array.from({ length: 30 }, (_, n) => `user-${n}`);
      await Promise.all(
        ids.map((id) => fixture.storage.transaction((stores) => stores.users.ensure(tenantId, id, { name: id }))),
      );
      expect((await fixture.storage.users.list(tenantId, {}, { limit: 100 })).items).toHaveLength(30);
    });
  });
}
