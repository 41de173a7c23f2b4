import { describe, expect, test } from 'vitest';
import { call, callWithKey, listOf, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

export function describeIsolation(open: OpenWorld): void {
  describe('isolation', () => {
    test.each(['bob', 'carol', 'gina'])('%s neither sees nor changes a key of alice', async (who) => {
      const { served, keywright } = await open();
      const { id, key } = await newKey(served);
      const path = `/api/v1/api-keys/${id}`;
      for (const [method, where] of [
        ['GET', path],
        ['PATCH', path],
        ['DELETE', path],
        ['GET', `${path}/usage`],
        ['POST', `${path}/rotate`],
        ['POST', `${path}/block`],
        ['POST', `${path}/unblock`],
      ] as const) {
        const reply = await call(served, who, method, where, method === 'PATCH' ? { body: { name: 'stolen' } } : {});
        expect([where, reply.status, problemOf(reply).code]).toEqual([where, 404, 'key_not_found']);
      }
      expect(listOf(await call(served, who, 'GET', '/api/v1/api-keys')).data).toEqual([]);
      expect((await call(served, who, 'GET', '/api/v1/api-keys/stats')).body).toMatchObject({ total: 0 });
      expect((await call(served, 'alice', 'GET', path)).body).toMatchObject({ name: 'a key' });
      expect(await keywright.keys.verify(key)).toMatchObject({ ok: true });
    });

    test('an admin sees nothing of another tenant', async () => {
      const { served, subscriptions, litellm } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      await call(served, 'alice', 'PATCH', `/api/v1/api-keys/${id}`, { body: { tpmLimit: 1 } });
      const admin = '/api/v1/admin';
      for (const [method, path] of [
        ['GET', `${admin}/api-keys/${id}`],
        ['PATCH', `${admin}/api-keys/${id}`],
        ['DELETE', `${admin}/api-keys/${id}`],
        ['GET', `${admin}/api-keys/${id}/usage`],
        ['GET', `${admin}/subscriptions/${subscriptions.alice}`],
        ['PATCH', `${admin}/subscriptions/${subscriptions.alice}`],
        ['DELETE', `${admin}/subscriptions/${subscriptions.alice}`],
        ['POST', `${admin}/api-keys/${id}/rotate`],
        ['POST', `${admin}/api-keys/${id}/block`],
        ['POST', `${admin}/api-keys/${id}/unblock`],
        ['GET', `${admin}/users/alice`],
        ['PATCH', `${admin}/users/alice`],
        ['POST', `${admin}/sync/key/${id}/retry`],
      ] as const) {
        const reply = await call(served, 'gina', method, path, method === 'PATCH' ? { body: { name: 'stolen' } } : {});
        expect([method, path, reply.status]).toEqual([method, path, 404]);
      }
      const everyKey = { userId: 'alice', dryRun: false };
      expect((await call(served, 'gina', 'POST', `${admin}/api-keys/bulk-delete`, { body: everyKey })).body).toEqual({
        matched: 0,
        hasMore: false,
        dryRun: false,
        keys: [],
      });
      expect((await call(served, 'alice', 'GET', `/api/v1/api-keys/${id}`)).body).toMatchObject({ status: 'active' });
      for (const path of ['/api-keys', '/audit-logs', '/sync']) {
        expect([path, listOf(await call(served, 'gina', 'GET', admin + path)).data]).toEqual([path, []]);
      }
      expect(listOf(await call(served, 'gina', 'GET', `${admin}/users`)).data).toMatchObject([{ id: 'carol' }]);
      expect(listOf(await call(served, 'gina', 'GET', `${admin}/subscriptions`)).data).toMatchObject([
        { id: subscriptions.carol },
      ]);
    });

    test('a key under a subscription of somebody else is not made', async () => {
      const { served, subscriptions } = await open();
      for (const who of ['bob', 'carol']) {
        const body = { name: 'a', subscriptionId: subscriptions.alice };
        const reply = await call(served, who, 'POST', '/api/v1/api-keys', { body });
        expect(problemOf(reply).code).toBe('subscription_not_found');
      }
    });

    test('a key does not work under the name of another tenant', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const own = await callWithKey(served, key, 'GET', '/v1/models', { headers: { 'x-tenant-id': 'acme' } });
      expect(own.status).toBe(200);
      const other = await callWithKey(served, key, 'GET', '/v1/models', { headers: { 'x-tenant-id': 'globex' } });
      expect([other.status, openAiErrorOf(other).code]).toEqual([403, 'tenant_mismatch']);
    });

    test('a key signs nobody in to the management API', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      expect((await callWithKey(served, key, 'GET', '/api/v1/api-keys')).status).toBe(401);
    });
  });
}
