import type { ApiKey, Storage, Stores, SyncTaskKey } from '@keywright/core';
import {
  aLease,
  anActiveKey,
  anOwner,
  keyTask,
  newKeyInput,
  newSecretInput,
  newUsageEvent,
  type Owner,
} from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countingDeadlocks, type DeadlockCounter } from '../support/deadlocks.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

/** What is changed at once: the keys of one owner. */
interface Target {
  owner: Owner;
  keys: ApiKey[];
}

type Change = (storage: Storage, target: Target, key: ApiKey) => Promise<unknown>;

const soon = () => new Date(Date.now() + 60_000);

/** Every way in which services change rows, with the order in which they do it. */
const changes: Record<string, Change> = {
  async rotate(storage, _, { tenantId, id }) {
    const secret = newSecretInput();
    await storage.transaction(async (stores) => {
      await stores.keys.lock({ tenantId }, id);
      await stores.keys.insertSecret(tenantId, id, secret);
      await stores.syncTasks.mark(tenantId, 'key', id, aLease());
    });
    await storage.transaction(async (stores) => {
      await stores.keys.lock({ tenantId }, id);
      await stores.keys.promoteSecret(tenantId, secret.keyHash, soon());
      await stores.keys.update(tenantId, id, { syncStatus: 'pending' });
      await stores.syncTasks.mark(tenantId, 'key', id, aLease());
    });
  },
  async abandonRotation(storage, _, { tenantId, id }) {
    const secret = newSecretInput();
    await storage.transaction(async (stores) => {
      await stores.keys.lock({ tenantId }, id);
      await stores.keys.insertSecret(tenantId, id, secret);
      await stores.keys.abandonSecret(tenantId, secret.keyHash, new Date());
    });
    await storage.keys.settleMinting(tenantId, secret.keyHash);
    await storage.keys.removeSecret(tenantId, secret.keyHash);
  },
  deleteKey: (storage, _, { tenantId, id }) =>
    storage.transaction(async (stores) => {
      await stores.keys.lock({ tenantId }, id);
      await stores.keys.moveLifecycle(tenantId, id, ['active'], 'deleting');
      await stores.syncTasks.mark(tenantId, 'key', id, aLease());
    }),
  createKey: (storage, { owner }) =>
    storage.transaction(async (stores) => {
      await stores.subscriptions.lockForIssue(owner.tenantId, owner.userId, owner.subscriptionId);
      await stores.keys.insertCreating(owner.tenantId, newKeyInput(owner), aLease(), 10_000);
    }),
  updateSubscription: (storage, { owner: { tenantId, subscriptionId } }) =>
    storage.transaction(async (stores) => {
      await stores.subscriptions.lock(tenantId, subscriptionId);
      await stores.subscriptions.update(tenantId, subscriptionId, { rpmLimit: 1, isDefault: true });
      await stores.syncTasks.markKeysOf(tenantId, { subscriptionId });
    }),
  updateUser: (storage, { owner: { tenantId, userId } }) =>
    storage.transaction(async (stores) => {
      await stores.users.lock(tenantId, userId);
      await stores.users.update(tenantId, userId, { rpmLimit: 1 });
      await stores.syncTasks.markKeysOf(tenantId, { userId });
      await stores.syncTasks.mark(tenantId, 'user', userId);
    }),
  updateTenant: (storage, { owner: { tenantId } }) =>
    storage.transaction(async (stores) => {
      await stores.tenants.lock(tenantId);
      await stores.tenants.update(tenantId, { name: 'changed', liteLlmTeamId: tenantId, syncStatus: 'pending' });
      await stores.syncTasks.mark(tenantId, 'team', tenantId);
      await stores.syncTasks.markKeysOf(tenantId, {});
    }),
  nameUser: (storage, { owner: { tenantId, userId } }) =>
    storage.transaction(async (stores) => {
      await stores.users.ensure(tenantId, userId, { name: String(Math.random()) });
      await stores.syncTasks.mark(tenantId, 'user', userId);
    }),
  finishKey: (storage, _, key) =>
    finish(storage, keyTask(key), async (stores, isLocking) => {
      if (isLocking) await stores.keys.lock({ tenantId: key.tenantId }, key.id);
      else await stores.keys.recordSync(key.tenantId, key.id, 'synced', null);
    }),
  finishUser: (storage, { owner: { tenantId, userId } }) =>
    finish(storage, { tenantId, entity: 'user', entityId: userId }, async (stores, isLocking) => {
      if (isLocking) await stores.users.lock(tenantId, userId);
      else await stores.users.recordSync(tenantId, userId, { status: 'synced', liteLlmUserId: tenantId });
    }),
  finishTeam: (storage, { owner: { tenantId } }) =>
    finish(storage, { tenantId, entity: 'team', entityId: tenantId }, async (stores, isLocking) => {
      if (isLocking) await stores.tenants.lock(tenantId);
      else await stores.tenants.recordSync(tenantId, 'synced', null);
    }),
  followTime: (storage) => storage.unscoped.markKeysChangedByTime(),
  recordLastUsed: (storage, { keys }) =>
    storage.unscoped.recordLastUsed(keys.map(({ tenantId, id }) => ({ tenantId, keyId: id, at: new Date() }))),
  settle: (storage, { keys }) => storage.unscoped.ledger.append(keys.toReversed().map((key) => newUsageEvent(key))),
};

/** As a runner ends the work on a task: the row is locked before its task, and written after it. */
async function finish(
  storage: Storage,
  task: SyncTaskKey,
  touch: (stores: Stores, isLocking: boolean) => Promise<void>,
): Promise<void> {
  const { token, ms } = aLease();
  await storage.syncTasks.mark(task.tenantId, task.entity, task.entityId, { token, ms });
  await storage.transaction(async (stores) => {
    await touch(stores, true);
    if ((await stores.syncTasks.finish(task, token)) !== 'lost') await touch(stores, false);
  });
}

describePostgres('changes of the same rows at once', () => {
  let database: TestDatabase;
  let counters: DeadlockCounter[];
  let nodes: Storage[];
  beforeAll(async () => {
    database = await createDatabase();
    await migrate({ pool: database.pool(1) }).up();
    counters = Array.from({ length: 2 }, () => countingDeadlocks(database.pool(16)));
    nodes = counters.map(({ pool }) => createPostgresStorage({ pool }));
  });
  afterAll(() => database.drop());

  it('never wait for each other in a circle', async () => {
    const [node] = nodes;
    if (!node) throw new Error('Nodes are opened before the tests run.');
    for (let round = 0; round < 15; round++) {
      const owner = await anOwner(node);
      const keys: ApiKey[] = [];
      for (let n = 0; n < 4; n++) keys.push(await anActiveKey(node, owner));
      const [first] = keys;
      if (!first) throw new Error('unreachable');
      const target = { owner, keys };
      const all = Object.values(changes).flatMap((change) =>
        nodes.flatMap((storage) => [change(storage, target, first), change(storage, target, keys.at(-1) ?? first)]),
      );
      await Promise.all(all);
    }
    expect(counters.map(({ deadlocks }) => deadlocks())).toEqual([0, 0]);
  });
});
