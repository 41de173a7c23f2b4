import { createMemoryStorage } from '@keywright/core/memory';
import {
  anActiveKey,
  anId,
  anOwner,
  FixedClock,
  newAuditEntry,
  newKeyInput,
  newSubscription,
  startKey,
} from '@keywright/core/testing';
import { describe, expect, it } from 'vitest';

describe('rows of the storage in memory', () => {
  it('do not change with what was handed in', async () => {
    const storage = createMemoryStorage();
    const owner = await anOwner(storage);
    const input = newKeyInput(owner, { models: ['a'], metadata: { deep: { list: [1] } }, expiresAt: new Date(4e12) });
    const key = await startKey(storage, owner, input);
    input.models?.push('b');
    input.metadata.deep = 'changed';
    input.expiresAt?.setTime(0);
    expect((await storage.keys.find(owner, input.id))?.key).toEqual(key);
    expect(key).toMatchObject({ models: ['a'], metadata: { deep: { list: [1] } }, expiresAt: new Date(4e12) });
  });

  it('do not change with what was given out, not even within a transaction', async () => {
    const storage = createMemoryStorage();
    const owner = await anOwner(storage);
    const key = await anActiveKey(storage, owner, { metadata: { deep: { list: [1] } } });
    const before = structuredClone(key);
    key.metadata.deep = 'changed';
    key.permissions.push('*');
    key.createdAt.setTime(0);
    await storage.transaction(async (stores) => {
      const found = await stores.keys.lock({ tenantId: owner.tenantId }, key.id);
      found?.key.tags.push('changed');
      found?.subscriptionModels.push('changed');
      const list = await stores.keys.list(owner.tenantId, {}, { limit: 1 });
      list.items[0]?.key.tags.push('changed');
    });
    const found = await storage.keys.find({ tenantId: owner.tenantId }, key.id);
    expect(found).toEqual({ key: before, subscriptionModels: ['gpt-a', 'gpt-b'] });
  });
});

describe('transactions of the storage in memory', () => {
  it('make everyone else wait until they are over', async () => {
    const storage = createMemoryStorage();
    const steps: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const work = storage.transaction(async (stores) => {
      await stores.users.ensure('t', 'alice', {});
      steps.push('written');
      await gate;
      steps.push('over');
      throw new Error('on purpose');
    });
    const reading = storage.users.find('t', 'alice').then((user) => {
      steps.push('read');
      return user;
    });
    await new Promise((resolve) => setImmediate(resolve));
    open();
    await expect(work).rejects.toThrow('on purpose');
    expect(await reading).toBeUndefined();
    expect(steps).toEqual(['written', 'over', 'read']);
  });

  it('refuse a call that comes after their end', async () => {
    const storage = createMemoryStorage();
    const { tenantId, userId } = await anOwner(storage);
    const stores = await storage.transaction(async (given) => given);
    await expect(stores.users.find(tenantId, userId)).rejects.toThrow('was not awaited');
    await expect(stores.subscriptions.insert(tenantId, newSubscription(userId))).rejects.toThrow('was not awaited');
  });
});

describe('times of the storage in memory', () => {
  it('come from the clock that is given', async () => {
    const clock = new FixedClock('2030-01-01T00:00:00.123Z');
    const storage = createMemoryStorage({ clock });
    const owner = await anOwner(storage);
    await storage.audit.append(owner.tenantId, newAuditEntry(owner.tenantId));
    expect((await storage.audit.list(owner.tenantId, {}, { limit: 1 })).items[0]?.createdAt).toEqual(
      new Date(clock.now()),
    );
    await storage.syncTasks.mark(owner.tenantId, 'key', anId(), { token: 'mine', ms: 1000 });
    expect(await storage.unscoped.syncQueue.claim(10, 1000)).toEqual([]);
    clock.advance(1000);
    expect(await storage.unscoped.syncQueue.claim(10, 1000)).toHaveLength(1);
  });
});
