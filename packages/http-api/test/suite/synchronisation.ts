import { describe, expect, test } from 'vitest';
import { call, listOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const admin = '/api/v1/admin';

export function describeSynchronisation(open: OpenWorld): void {
  describe('synchronisation', () => {
    test('the sync queue shows what is pending, and an entry can be retried', async () => {
      const { served, litellm, keywright } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      await call(served, 'alice', 'PATCH', `/api/v1/api-keys/${id}`, { body: { tpmLimit: 5 } });
      const queue = await call(served, 'dana', 'GET', `${admin}/sync`);
      expect(queue.body).toMatchObject({
        pending: 1,
        dead: 0,
        oldestSeconds: 0,
        data: [{ entity: 'key', id, attempts: 1, lastError: 'LiteLLM did not answer.', deadAt: null }],
        nextCursor: null,
      });
      litellm.upstream.isDown = false;
      const retry = await call(served, 'dana', 'POST', `${admin}/sync/key/${id}/retry`);
      expect([retry.status, retry.body]).toEqual([202, { message: 'The entry is due now.' }]);
      await keywright.sync.runDue();
      expect((await call(served, 'dana', 'GET', `${admin}/sync`)).body).toMatchObject({ pending: 0, data: [] });
      const gone = await call(served, 'dana', 'POST', `${admin}/sync/key/${id}/retry`);
      expect([gone.status, problemOf(gone).code]).toEqual([404, 'sync_task_not_found']);
      const wrong = await call(served, 'dana', 'POST', `${admin}/sync/planet/${id}/retry`);
      expect([wrong.status, problemOf(wrong).errors?.[0]?.path]).toEqual([400, 'entity']);
    });

    test('the sync queue is paged', async () => {
      const { served, litellm, clock } = await open();
      const made = [await newKey(served), await newKey(served)];
      litellm.upstream.isDown = true;
      for (const { id } of made) {
        clock.advance(1000);
        await call(served, 'alice', 'PATCH', `/api/v1/api-keys/${id}`, { body: { tpmLimit: 5 } });
      }
      const first = listOf(await call(served, 'dana', 'GET', `${admin}/sync?limit=1`));
      const second = listOf(await call(served, 'dana', 'GET', `${admin}/sync?limit=1&cursor=${first.nextCursor}`));
      expect([first.data[0]?.id, second.data[0]?.id, second.nextCursor]).toEqual([made[1]?.id, made[0]?.id, null]);
    });

    test('the last comparison with LiteLLM is told, its counts to operators alone', async () => {
      const { served, keywright, clock } = await open();
      const told = async (who: string) =>
        (await call(served, who, 'GET', `${admin}/sync${who === 'olga' ? '?tenantId=acme' : ''}`)).body;
      expect(await told('dana')).toEqual({
        pending: 0,
        dead: 0,
        oldestSeconds: null,
        lastReconcile: null,
        data: [],
        nextCursor: null,
      });
      await newKey(served);
      clock.advance(3_600_000);
      await keywright.reconcile.run({ tenantId: 'platform', userId: 'olga', roles: ['operator'] }, { repair: true });
      const at = '2030-01-01T01:00:00.000Z';
      const lastReconcile = { startedAt: at, finishedAt: at, repair: true, outcome: 'equal' };
      for (const who of ['dana', 'rita', 'gina']) expect(await told(who)).toMatchObject({ lastReconcile });
      expect(JSON.stringify([await told('dana'), await told('gina')])).not.toContain('counts');
      const counts = { compared: 1, missing: 0, orphan: 0, drifted: 0, spend: 0, skipped: 0, repaired: 0 };
      expect(await told('olga')).toMatchObject({ lastReconcile: { ...lastReconcile, counts } });
    });
  });
}
