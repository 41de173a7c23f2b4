import type { ApiKey, ReconcileRun, WalkedSecret } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aCreatingKey, anActiveKey, anId, anOwner, keyTask } from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What every `UnscopedStore` promises for comparing everything with LiteLLM. */
export function reconcileContract(fixture: StorageFixture): void {
  const unscoped = () => fixture.storage.unscoped;

  describe('walkSecrets', () => {
    const walk = async (limit: number): Promise<WalkedSecret[]> => {
      const walked: WalkedSecret[] = [];
      for (;;) {
        const page = await unscoped().walkSecrets(walked.at(-1)?.secret.keyHash, limit);
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) return walked;
        const last = walked.at(-1)?.secret.keyHash ?? '';
        if (!page.every(({ secret }) => secret.keyHash > last)) throw new Error('The walk turns in circles.');
        walked.push(...page);
      }
    };
    const walkedOf = async (key: ApiKey) => (await walk(1000)).filter((one) => one.key.id === key.id);

    it.each([1, 3, 1000])('shows every secret of every tenant once, by hash upwards, in pages of %i', async (limit) => {
      const keys: ApiKey[] = [];
      for (let n = 0; n < 4; n++) keys.push(await anActiveKey(fixture.storage, await anOwner(fixture.storage)));
      const hashes = (await walk(limit)).map(({ secret }) => secret.keyHash);
      expect(hashes).toEqual([...new Set(hashes)].sort());
      for (const { keyHash } of keys) expect(hashes).toContain(keyHash);
    });

    it('shows with each secret all that decides what LiteLLM should hold of it', async () => {
      const owner = await anOwner(fixture.storage, {
        subscription: { maxBudget: 5n, expiresAt: new Date('2040-01-01T00:00:00.001Z'), rpmLimit: 7 },
      });
      const key = await anActiveKey(fixture.storage, owner, { maxBudget: 3n, metadata: { a: 1 }, tags: ['t'] });
      const source = await fixture.storage.keys.mirrorSource(key.tenantId, key.id);
      if (!source) throw new Error('the key is there');
      const { secrets, ...rest } = source;
      expect(await walkedOf(key)).toEqual([{ ...rest, secret: secrets[0], hasTask: false }]);
    });

    it('shows every secret of a key, in every state', async () => {
      const key = await anActiveKey(fixture.storage, await anOwner(fixture.storage));
      const keyHash = anId().replaceAll('-', '').padEnd(64, '0');
      await fixture.storage.transaction(async (stores) => {
        await stores.keys.lock({ tenantId: key.tenantId }, key.id);
        await stores.keys.insertSecret(key.tenantId, key.id, { keyHash, keyPrefix: 'sk-kw_next' });
      });
      const source = await fixture.storage.keys.mirrorSource(key.tenantId, key.id);
      const walked = (await walkedOf(key)).map(({ secret }) => secret);
      expect(walked.toSorted((a, b) => a.generation - b.generation)).toEqual(source?.secrets);
      expect(walked).toHaveLength(2);
    });

    it.each(['creating', 'aborting', 'deleting'] as const)('shows keys in lifecycle %s', async (lifecycle) => {
      const { key } = await aCreatingKey(fixture.storage, await anOwner(fixture.storage));
      await fixture.storage.keys.moveLifecycle(key.tenantId, key.id, ['creating'], lifecycle);
      expect(await walkedOf(key)).toMatchObject([{ key: { lifecycle }, secret: { state: 'minting' }, hasTask: true }]);
    });

    it('tells whether the key has a task that is not dead, and no other key', async () => {
      const owner = await anOwner(fixture.storage);
      const [key, other] = [await anActiveKey(fixture.storage, owner), await anActiveKey(fixture.storage, owner)];
      await fixture.storage.syncTasks.mark(key.tenantId, 'user', other.id);
      expect(await walkedOf(other)).toMatchObject([{ hasTask: false }]);
      await fixture.storage.syncTasks.mark(key.tenantId, 'key', key.id);
      expect(await walkedOf(key)).toMatchObject([{ hasTask: true }]);
      const claimed = (await unscoped().syncQueue.claim(10_000, 60_000)).find(({ entityId }) => entityId === key.id);
      await fixture.storage.syncTasks.bury(keyTask(key), claimed?.leaseToken ?? '', 'refused');
      expect(await walkedOf(key)).toMatchObject([{ hasTask: false }]);
      expect(await walkedOf(other)).toMatchObject([{ hasTask: false }]);
    });

    it('shows nothing after the last hash', async () => {
      expect(await unscoped().walkSecrets('f'.repeat(64), 10)).toEqual([]);
    });
  });

  describe('the last comparison', () => {
    const counts = { compared: 1, missing: 2, orphan: 3, drifted: 4, spend: 5, skipped: 6, repaired: 7 };
    const aRun = (finishedAt: string, change: Partial<ReconcileRun> = {}): ReconcileRun => ({
      id: anId(),
      startedAt: new Date('2030-01-01T00:00:00.001Z'),
      finishedAt: new Date(finishedAt),
      repair: true,
      outcome: 'different',
      counts,
      error: null,
      ...change,
    });

    it('is the one that ended last, as it was noted', async () => {
      const last = aRun('2040-01-01T00:00:00.999Z');
      await unscoped().recordReconcile(last);
      await unscoped().recordReconcile(aRun('2039-12-31T00:00:00.000Z'));
      expect(await unscoped().lastReconcile()).toEqual(last);
      const failed = aRun('2041-01-01T00:00:00.000Z', { repair: false, outcome: 'failed', error: 'no answer' });
      await unscoped().recordReconcile(failed);
      expect(await unscoped().lastReconcile()).toEqual(failed);
    });

    it('counts more than 32 bits hold', async () => {
      const large = { ...counts, compared: 2 ** 40 };
      await unscoped().recordReconcile(aRun('2050-01-01T00:00:00.000Z', { counts: large }));
      expect((await unscoped().lastReconcile())?.counts).toEqual(large);
    });
  });
}
