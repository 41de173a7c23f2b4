import { describe, expect, test } from 'vitest';
import { call, callWithKey, fieldsOf, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';
import type { Served } from '../world.ts';

const ownPath = (id: string) => `/api/v1/api-keys/${id}`;
const adminPath = (id: string) => `/api/v1/admin/api-keys/${id}`;

/** Status and holder after a call. */
async function after(served: Served, who: string, path: string) {
  const reply = await call(served, who, 'POST', path);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.body;
}

export function describeBlocks(open: OpenWorld): void {
  describe('blocks', () => {
    test('a blocked key does not work from this moment on, and works again when it is unblocked', async () => {
      const { served } = await open();
      const { id, key } = await newKey(served);
      const before = fieldsOf(await call(served, 'alice', 'GET', ownPath(id)));
      const blocked = await call(served, 'alice', 'POST', `${ownPath(id)}/block`);
      expect(blocked.status).toBe(200);
      expect(blocked.body).toEqual({ ...before, status: 'blocked', blockedBy: 'owner' });
      const refused = await callWithKey(served, key, 'GET', '/v1/models');
      expect([refused.status, openAiErrorOf(refused).code]).toEqual([403, 'api_key_blocked']);
      const unblocked = await call(served, 'alice', 'POST', `${ownPath(id)}/unblock`);
      expect([unblocked.status, unblocked.body]).toEqual([200, before]);
      expect((await callWithKey(served, key, 'GET', '/v1/models')).status).toBe(200);
    });

    test('blocking what is blocked and unblocking what is not changes nothing', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      expect(await after(served, 'alice', `${ownPath(id)}/unblock`)).toMatchObject({ status: 'active' });
      const once = await after(served, 'alice', `${ownPath(id)}/block`);
      expect(await after(served, 'alice', `${ownPath(id)}/block`)).toEqual(once);
    });

    test('an owner cannot lift the block of an admin', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      expect(await after(served, 'dana', `${adminPath(id)}/block`)).toMatchObject({ blockedBy: 'admin' });
      const refused = await call(served, 'alice', 'POST', `${ownPath(id)}/unblock`);
      expect([refused.status, problemOf(refused).code]).toEqual([403, 'forbidden']);
      expect(problemOf(refused).detail).toBe('An admin blocked this key: only an admin can unblock it.');
      expect((await call(served, 'alice', 'GET', ownPath(id))).body).toMatchObject({ blockedBy: 'admin' });
    });

    test('an admin lifts only the block of admins', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      await after(served, 'alice', `${ownPath(id)}/block`);
      expect(await after(served, 'dana', `${adminPath(id)}/unblock`)).toMatchObject({
        status: 'blocked',
        blockedBy: 'owner',
      });
      expect(await after(served, 'dana', `${adminPath(id)}/block`)).toMatchObject({ blockedBy: 'both' });
      expect(await after(served, 'dana', `${adminPath(id)}/unblock`)).toMatchObject({
        status: 'blocked',
        blockedBy: 'owner',
      });
      expect(await after(served, 'alice', `${ownPath(id)}/unblock`)).toMatchObject({
        status: 'active',
        blockedBy: null,
      });
    });

    test('an admin on his own routes is the owner of his keys', async () => {
      const { served } = await open();
      const subscription = { userId: 'dana', models: ['gpt-a'] };
      await call(served, 'dana', 'POST', '/api/v1/admin/subscriptions', { body: subscription });
      const { id } = await newKey(served, 'dana');
      expect(await after(served, 'dana', `${ownPath(id)}/block`)).toMatchObject({ blockedBy: 'owner' });
    });

    test('a block stands while LiteLLM is down', async () => {
      const { served, litellm } = await open();
      const { id, key } = await newKey(served);
      litellm.upstream.isDown = true;
      expect(await after(served, 'alice', `${ownPath(id)}/block`)).toMatchObject({
        status: 'blocked',
        syncStatus: 'pending',
      });
      expect((await callWithKey(served, key, 'GET', '/v1/models')).status).toBe(403);
    });

    test('422 when LiteLLM refuses to unblock, and the key stays blocked; 409 for a revoked key', async () => {
      const { served, litellm, storage } = await open();
      const { id } = await newKey(served);
      await after(served, 'alice', `${ownPath(id)}/block`);
      litellm.upstream.failNext('updateKey', 'refused');
      const refused = await call(served, 'alice', 'POST', `${ownPath(id)}/unblock`);
      expect([refused.status, problemOf(refused).code]).toEqual([422, 'gateway_refused']);
      expect((await call(served, 'alice', 'GET', ownPath(id))).body).toMatchObject({ blockedBy: 'owner' });
      await storage.outside.revokeKey('acme', id, new Date(0));
      for (const verb of ['block', 'unblock']) {
        const reply = await call(served, 'alice', 'POST', `${ownPath(id)}/${verb}`);
        expect([reply.status, problemOf(reply).code]).toEqual([409, 'key_not_active']);
      }
    });
  });
}
