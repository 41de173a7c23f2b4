import type { ApiKey, ApiKeyChange, Storage } from '@keywright/core';
import {
  anActiveKey,
  anId,
  anOwner,
  newAuditEntry,
  newKeyInput,
  newSubscription,
  newUsageEvent,
  type Owner,
} from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

const unstorable = ['a\0b', '\0', '\ud800', 'x\udfffy'];
const page = { limit: 10 };

describeDrivers('values at the edges', (open) => {
  let database: OpenedDatabase;
  let storage: Storage;
  let owner: Owner;
  let key: ApiKey;
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
    storage = createPostgresStorage(database.client);
    owner = await anOwner(storage);
    key = await anActiveKey(storage, owner);
  });
  afterAll(() => database.close());

  describe.each(unstorable)('%j, which PostgreSQL cannot hold,', (text) => {
    it('matches nothing in a filter, an id or a tenant', async () => {
      const { tenantId, userId } = owner;
      expect(await storage.keys.list(tenantId, { search: text }, page)).toEqual({ items: [] });
      expect(await storage.keys.list(tenantId, { model: text }, page)).toEqual({ items: [] });
      expect(await storage.keys.list(text, {}, page)).toEqual({ items: [] });
      expect(await storage.keys.find({ tenantId: text }, key.id)).toBeUndefined();
      expect(await storage.keys.find({ tenantId }, text)).toBeUndefined();
      expect(await storage.keys.statistics(tenantId, text)).toMatchObject({ total: 0 });
      expect(await storage.subscriptions.list(tenantId, { userId: text }, page)).toEqual({ items: [] });
      expect(await storage.subscriptions.find(tenantId, owner.subscriptionId, text)).toBeUndefined();
      expect(await storage.users.find(tenantId, text)).toBeUndefined();
      expect(await storage.users.list(tenantId, { search: text }, page)).toEqual({ items: [] });
      expect(await storage.audit.list(tenantId, { actorId: text, resourceId: text }, page)).toEqual({ items: [] });
      const range = { from: new Date(0), to: new Date('2100-01-01'), keyId: text };
      expect(await storage.usage.totals(tenantId, range)).toMatchObject({ requests: 0, costNano: 0n });
      expect(await storage.usage.series(tenantId, range, 'day')).toEqual([]);
      expect(await storage.syncTasks.list(text, page)).toEqual({ items: [] });
      expect(await storage.syncTasks.summary(text)).toEqual({
        pending: 0,
        dead: 0,
        oldestSeconds: null,
        lastError: null,
      });
      expect(await storage.syncTasks.finish({ tenantId, entity: 'key', entityId: text }, text)).toBe('lost');
      expect(await storage.syncTasks.retry(tenantId, 'user', text)).toBe(false);
      expect(await storage.unscoped.findBySecretHash(text)).toBeUndefined();
      const inTransaction = storage.transaction((stores) =>
        stores.subscriptions.lockForIssue(tenantId, text, undefined),
      );
      expect(await inTransaction).toBeUndefined();
      await storage.users.recordSync(tenantId, text, { status: 'synced', liteLlmUserId: 'x' });
      await storage.keys.settleMinting(text, key.keyHash);
      expect(await storage.keys.find({ tenantId, userId }, key.id)).toMatchObject({ key });
    });

    it.each<[string, (text: string) => Promise<unknown>]>([
      ['name', (bad) => storage.keys.update(owner.tenantId, key.id, { name: bad })],
      ['models', (bad) => storage.keys.update(owner.tenantId, key.id, { models: ['ok', bad] })],
      ['metadata', (bad) => storage.keys.update(owner.tenantId, key.id, { metadata: { deep: [bad] } })],
      ['metadata', (bad) => storage.keys.update(owner.tenantId, key.id, { metadata: { [bad]: 1 } })],
      ['syncError', (bad) => storage.keys.recordSync(owner.tenantId, key.id, 'error', bad)],
      [
        'name',
        (bad) =>
          storage.keys.insertCreating(owner.tenantId, newKeyInput(owner, { name: bad }), { token: 't', ms: 1 }, 99),
      ],
      ['id', (bad) => storage.users.ensure(owner.tenantId, bad, {})],
      ['id', (bad) => storage.users.ensure(bad, 'alice', {})],
      ['email', (bad) => storage.users.ensure(owner.tenantId, owner.userId, { email: bad })],
      [
        'statusReason',
        (bad) => storage.subscriptions.update(owner.tenantId, owner.subscriptionId, { statusReason: bad }),
      ],
      [
        'models',
        (bad) => storage.subscriptions.insert(owner.tenantId, newSubscription(owner.userId, { models: [bad] })),
      ],
      ['after', (bad) => storage.audit.append(owner.tenantId, newAuditEntry(owner.tenantId, { after: { bad } }))],
      ['userAgent', (bad) => storage.audit.append(owner.tenantId, newAuditEntry(owner.tenantId, { userAgent: bad }))],
      ['entityId', (bad) => storage.syncTasks.mark(owner.tenantId, 'user', bad)],
      ['model', (bad) => storage.unscoped.ledger.append([newUsageEvent(key, { model: bad })])],
    ])('is refused in a write with the name of the field: %s', async (field, write) => {
      await expect(write(text)).rejects.toMatchObject({
        code: 'validation_failed',
        errors: [{ path: field, message: expect.not.stringContaining(text) }],
      });
      expect((await storage.keys.find({ tenantId: owner.tenantId }, key.id))?.key).toEqual(key);
    });
  });

  it.each<[string, ApiKeyChange]>([
    ['maxBudget', { maxBudget: 10n ** 20n }],
    ['maxBudget', { maxBudget: -1n }],
    ['rpmLimit', { rpmLimit: -1 }],
    ['rpmLimit', { rpmLimit: 1.5 }],
    ['tpmLimit', { tpmLimit: Number.NaN }],
    ['tpmLimit', { tpmLimit: 2 ** 53 }],
    ['quotaLimit', { quotaLimit: Number.POSITIVE_INFINITY }],
    ['models', { models: [] }],
    ['name', { name: '' }],
    ['expiresAt', { expiresAt: new Date(Number.NaN) }],
    ['expiresAt', { expiresAt: new Date('+010000-01-01') }],
  ])('refuses what %s cannot be, with its name: %o', async (field, change) => {
    const write = storage.keys.update(owner.tenantId, key.id, change);
    await expect(write).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path: field }] });
    expect((await storage.keys.find({ tenantId: owner.tenantId }, key.id))?.key).toEqual(key);
  });

  it('keeps backslashes and escapes in metadata apart from what they look like', async () => {
    const metadata = { text: '\\u0000', more: '\\\\ud800', '\\u0000': '\u0001\u007f', emoji: '🦊' };
    const other = await anActiveKey(storage, owner, { metadata });
    expect((await storage.keys.find({ tenantId: owner.tenantId }, other.id))?.key.metadata).toEqual(metadata);
  });

  it('reads a page position that nobody handed out as a place in the list', async () => {
    const after = { createdAt: new Date('2100-01-01'), id: "no'uuid\0" };
    expect((await storage.keys.list(owner.tenantId, {}, { limit: 100, after })).items.length).toBeGreaterThan(0);
    const never = { createdAt: new Date(Number.NaN), id: anId() };
    expect(await storage.keys.list(owner.tenantId, {}, { limit: 100, after: never })).toEqual({ items: [] });
    expect(await storage.users.list(owner.tenantId, {}, { limit: 100, after: never })).toEqual({ items: [] });
  });
});
