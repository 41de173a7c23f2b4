import {
  aLease,
  anOwner,
  newAuditEntry,
  newKeyInput,
  newSecretInput,
  newUsageEvent,
  startKey,
} from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';
import { type WatchedPool, watchedPool } from '../support/wire.ts';

describePostgres('what goes over the wire', () => {
  let database: TestDatabase;
  let wire: WatchedPool;
  let storage: ReturnType<typeof createPostgresStorage>;

  beforeAll(async () => {
    database = await createDatabase();
    wire = await watchedPool(database.name);
    await migrate({ pool: wire.pool }).up();
    storage = createPostgresStorage({ pool: wire.pool });
  });
  afterAll(async () => {
    await wire.close();
    await database.drop();
  });

  const words = (statements: string[]) => statements.map((text) => /^(?:start transaction|\w+)/.exec(text)?.[0]);

  it('creates a key in five round trips: begin, lock, insert, commit, activate', async () => {
    const owner = await anOwner(storage);
    const lease = aLease();
    const key = newKeyInput(owner);
    const statements = await wire.statements(async () => {
      await storage.transaction(async (stores) => {
        await stores.subscriptions.lockForIssue(owner.tenantId, owner.userId, owner.subscriptionId);
        await stores.keys.insertCreating(owner.tenantId, key, lease, 10);
      });
      const active = await storage.keys.activate(owner.tenantId, key.id, lease.token, newAuditEntry(owner.tenantId));
      expect(active?.lifecycle).toBe('active');
    });
    expect(words(statements)).toEqual(['start transaction', 'select', 'with', 'commit', 'with']);
  });

  it.each([
    ['verify', (key) => storage.unscoped.findBySecretHash(key.keyHash)],
    ['ensure for a user who is there', (key) => storage.users.ensure(key.tenantId, key.userId, {})],
    [
      'list keys',
      (key) => storage.keys.list(key.tenantId, { search: 'x', model: 'm', status: 'active' }, { limit: 5 }),
    ],
    ['statistics', (key) => storage.keys.statistics(key.tenantId, key.userId)],
    ['append to the ledger', (key) => storage.unscoped.ledger.append([newUsageEvent(key), newUsageEvent(key)])],
    [
      'record last used',
      (key) => storage.unscoped.recordLastUsed([{ tenantId: key.tenantId, keyId: key.id, at: new Date() }]),
    ],
    ['mark', (key) => storage.syncTasks.mark(key.tenantId, 'key', key.id, aLease())],
    [
      'mark keys of a subscription',
      (key) => storage.syncTasks.markKeysOf(key.tenantId, { subscriptionId: key.subscriptionId }),
    ],
    ['mark keys that time changed', () => storage.unscoped.markKeysChangedByTime()],
    ['insert a secret', (key) => storage.keys.insertSecret(key.tenantId, key.id, newSecretInput())],
    ['promote a secret', (key) => storage.keys.promoteSecret(key.tenantId, key.keyHash, new Date())],
    ['abandon a secret', (key) => storage.keys.abandonSecret(key.tenantId, key.keyHash, new Date())],
    ['remove a secret', (key) => storage.keys.removeSecret(key.tenantId, key.keyHash)],
    ['change a user', (key) => storage.users.update(key.tenantId, key.userId, { isActive: false })],
    ['change a tenant', (key) => storage.tenants.update(key.tenantId, { isActive: false })],
    ['list tenants', () => storage.unscoped.listTenants({ search: 'x', isActive: true }, { limit: 5 })],
    ['claim', () => storage.unscoped.syncQueue.claim(10, 1000)],
  ] satisfies [string, (key: NonNullable<Awaited<ReturnType<typeof startKey>>>) => Promise<unknown>][])(
    'needs one statement to %s',
    async (_, work) => {
      const key = await startKey(storage, await anOwner(storage));
      if (!key) throw new Error('The user has too many keys.');
      expect(await wire.statements(() => work(key))).toHaveLength(1);
    },
  );

  it('looks with two reads whether partitions are missing, makes none then, and forgets old calls', async () => {
    await storage.unscoped.maintain();
    expect(words(await wire.statements(() => storage.unscoped.maintain()))).toEqual(['select', 'select', 'with']);
  });

  it('sends nothing for a batch of no events and no uses', async () => {
    expect(await wire.statements(() => storage.unscoped.ledger.append([]))).toEqual([]);
    expect(await wire.statements(() => storage.unscoped.recordLastUsed([]))).toEqual([]);
  });
});
