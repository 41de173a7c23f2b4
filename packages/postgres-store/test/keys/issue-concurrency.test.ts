import type { Stores } from '@keywright/core';
import {
  aCreatingKey,
  aLease,
  anActiveKey,
  anOwner,
  keyTask,
  newAuditEntry,
  newKeyInput,
  type Owner,
  startKey,
} from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outsideOf } from '../support/outside.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describePostgres('two nodes', () => {
  let database: TestDatabase;
  let nodes: ReturnType<typeof createPostgresStorage>[];

  beforeAll(async () => {
    database = await createDatabase();
    const pools = [database.pool(), database.pool()];
    await Promise.all(pools.map((pool) => migrate({ pool }).up()));
    nodes = pools.map((pool) => createPostgresStorage({ pool }));
  });
  afterAll(() => database.drop());

  const [one, other] = [0, 1].map((index) => () => {
    const node = nodes[index];
    if (!node) throw new Error('Nodes are opened before the tests run.');
    return node;
  });
  if (!one || !other) throw new Error('unreachable');

  it('let exactly ten of twenty parallel creations through a limit of ten', async () => {
    const owner = await anOwner(one());
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, n) => startKey(n % 2 ? one() : other(), owner, {}, { maxKeysPerUser: 10 })),
    );
    expect(started.filter((key) => key !== undefined)).toHaveLength(10);
    const [row] = await database.run<{ keys: number }>(
      'select count(*)::int as keys from keywright.api_keys where user_id = $1',
      [owner.userId],
    );
    expect(row?.keys).toBe(10);
  });

  it('either activate a key or claim its task, never both', async () => {
    const owner = await anOwner(one());
    const outside = outsideOf(database.run);
    for (let round = 0; round < 20; round++) {
      const { key, lease } = await aCreatingKey(one(), owner);
      await outside.ageTask(keyTask(key), lease.ms + 1);
      const [active, claimed] = await Promise.all([
        one().keys.activate(owner.tenantId, key.id, lease.token, newAuditEntry(owner.tenantId)),
        other().unscoped.syncQueue.claim(10, 60_000),
      ]);
      expect({ active: active !== undefined, claimed: claimed.length }).toEqual(
        active ? { active: true, claimed: 0 } : { active: false, claimed: 1 },
      );
      await one().keys.remove(owner.tenantId, key.id, ['active', 'creating']);
    }
  });

  it('activate a key or abort it, never both, and take its task away only with the activation', async () => {
    const owner = await anOwner(one());
    for (let round = 0; round < 20; round++) {
      const { key, lease } = await aCreatingKey(one(), owner);
      const [active, aborted] = await Promise.all([
        one().keys.activate(owner.tenantId, key.id, lease.token, newAuditEntry(owner.tenantId)),
        other().keys.moveLifecycle(owner.tenantId, key.id, ['creating'], 'aborting'),
      ]);
      expect([active, aborted].filter((result) => result !== undefined)).toHaveLength(1);
      expect(await one().syncTasks.finish(keyTask(key), lease.token)).toBe(active ? 'lost' : 'done');
    }
  });

  it('do not activate a key whose abortion was under way, and leave its task with its holder', async () => {
    const owner = await anOwner(one());
    const { tenantId } = owner;
    const { key, lease } = await aCreatingKey(one(), owner);
    let activation: Promise<unknown> | undefined;
    await other().transaction(async (stores) => {
      await stores.keys.moveLifecycle(tenantId, key.id, ['creating'], 'aborting');
      activation = one().keys.activate(tenantId, key.id, lease.token, newAuditEntry(tenantId));
      await database.untilWaiting(1);
    });
    expect(await activation).toBeUndefined();
    expect((await one().keys.find({ tenantId }, key.id))?.key.lifecycle).toBe('aborting');
    expect(await one().syncTasks.finish(keyTask(key), lease.token)).toBe('done');
  });

  it('let a change of the subscription wait for a creation under way, and then mark the new key', async () => {
    const owner = await anOwner(one());
    const { tenantId, subscriptionId } = owner;
    let marked: Promise<number> | undefined;
    await one().transaction(async (stores) => {
      await stores.subscriptions.lockForIssue(tenantId, owner.userId, subscriptionId);
      marked = other().transaction(async (others) => {
        await others.subscriptions.update(tenantId, subscriptionId, { models: ['narrow'] });
        return others.syncTasks.markKeysOf(tenantId, { subscriptionId });
      });
      await database.untilWaiting(1);
      await stores.keys.insertCreating(tenantId, newKeyInput(owner), aLease(), 10);
    });
    expect(await marked).toBe(1);
  });

  it.each([
    ['tenant', (stores: Stores, { tenantId }: Owner) => stores.tenants.update(tenantId, { isActive: false })],
    [
      'user',
      (stores: Stores, { tenantId, userId }: Owner) => stores.users.update(tenantId, userId, { isActive: false }),
    ],
  ])('let a change of the %s wait for a creation under way, and then mark the new key', async (of, change) => {
    const owner = await anOwner(one());
    const { tenantId, userId, subscriptionId } = owner;
    let marked: Promise<number> | undefined;
    await one().transaction(async (stores) => {
      await stores.subscriptions.lockForIssue(tenantId, userId, subscriptionId);
      marked = other().transaction(async (others) => {
        await change(others, owner);
        return others.syncTasks.markKeysOf(tenantId, of === 'user' ? { userId } : {});
      });
      await database.untilWaiting(1);
      await stores.keys.insertCreating(tenantId, newKeyInput(owner), aLease(), 10);
    });
    expect(await marked).toBe(1);
  });

  it('leave one default subscription of two that are made the default at once', async () => {
    const first = await anOwner(one());
    const { tenantId, userId } = first;
    const second = await anOwner(one(), { tenantId, userId });
    for (let round = 0; round < 10; round++) {
      await Promise.all([
        one().subscriptions.update(tenantId, first.subscriptionId, { isDefault: true }),
        other().subscriptions.update(tenantId, second.subscriptionId, { isDefault: true }),
        anOwner(other(), { tenantId, userId, subscription: { isDefault: true } }),
      ]);
      const { items } = await one().subscriptions.list(tenantId, { userId }, { limit: 100 });
      expect(items.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    }
  });

  it('remove a subscription or create a key under it, never both', async () => {
    for (let round = 0; round < 20; round++) {
      const owner = await anOwner(one());
      const [removed, key] = await Promise.allSettled([
        other().subscriptions.remove(owner.tenantId, owner.subscriptionId),
        anActiveKey(one(), owner),
      ]);
      expect(removed.status).toBe('fulfilled');
      const isRemoved = removed.status === 'fulfilled' && removed.value === 'removed';
      expect(isRemoved).toBe(key.status === 'rejected');
    }
  });
});
