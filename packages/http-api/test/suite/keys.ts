import { describe, expect, test } from 'vitest';
import { call, createdOf, listOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const keys = '/api/v1/api-keys';
const now = '2030-01-01T00:00:00.000Z';

export function describeKeys(open: OpenWorld): void {
  describe('own keys', () => {
    test('POST creates a key and shows its secret, this once', async () => {
      const { served, subscriptions } = await open();
      const body = { name: 'ci', maxBudget: 12.5, models: ['gpt-a'], tags: ['a'], metadata: { team: 'x' } };
      const reply = await call(served, 'alice', 'POST', keys, { body });
      expect(reply.status).toBe(201);
      const { id, key } = createdOf(reply);
      expect(key).toMatch(/^sk-kw_\w{49}$/);
      expect(reply.body).toEqual({
        id,
        key,
        name: 'ci',
        keyPrefix: key.slice(0, 10),
        userId: 'alice',
        tenantId: 'acme',
        subscriptionId: subscriptions.alice,
        models: ['gpt-a'],
        modelSelection: 'explicit',
        status: 'active',
        blockedBy: null,
        permissions: ['llm:*'],
        maxBudget: '12.5',
        softBudget: null,
        budgetDuration: null,
        tpmLimit: null,
        rpmLimit: null,
        maxParallelRequests: null,
        quotaLimit: null,
        allowedIps: [],
        currentSpend: '0',
        tags: ['a'],
        metadata: { team: 'x' },
        lastUsedAt: null,
        expiresAt: null,
        revokedAt: null,
        createdAt: now,
        updatedAt: now,
        syncStatus: 'synced',
        syncError: null,
        lastSyncAt: now,
      });
      const { key: _, ...shown } = createdOf(reply);
      expect((await call(served, 'alice', 'GET', `${keys}/${id}`)).body).toEqual(shown);
    });

    test('GET lists them newest first, page by page', async () => {
      const { served, clock } = await open();
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) {
        ids.unshift((await newKey(served, 'alice', { name: `key ${index}` })).id);
        clock.advance(1000);
      }
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 10; page++) {
        const query: string = cursor ? `&cursor=${cursor}` : '';
        const list = listOf(await call(served, 'alice', 'GET', `${keys}?limit=2${query}`));
        seen.push(...list.data.map(({ id }) => id));
        cursor = list.nextCursor;
      }
      expect(seen).toEqual(ids);
    });

    test.each([
      ['search=second', 1],
      ['model=gpt-a', 1],
      ['model=gpt-b', 2],
      ['status=active', 2],
      ['status=blocked', 0],
    ])('GET ?%s filters', async (query, count) => {
      const { served } = await open();
      await newKey(served, 'alice', { name: 'first' });
      await newKey(served, 'alice', { name: 'second', models: ['gpt-b'] });
      expect(listOf(await call(served, 'alice', 'GET', `${keys}?${query}`)).data).toHaveLength(count);
    });

    test('PATCH tells absent, null and 0 apart', async () => {
      const { served } = await open();
      const { id } = await newKey(served, 'alice', { maxBudget: '5', tpmLimit: 100, rpmLimit: 10 });
      const body = { maxBudget: null, tpmLimit: 0, name: 'renamed' };
      const reply = await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ id, name: 'renamed', maxBudget: null, tpmLimit: 0, rpmLimit: 10 });
    });

    test('PATCH answers 200 with syncStatus pending while LiteLLM is down', async () => {
      const { served, litellm } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      const reply = await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body: { tpmLimit: 5 } });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ tpmLimit: 5, syncStatus: 'pending' });
    });

    test('DELETE answers 200, and the key is gone', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      const reply = await call(served, 'alice', 'DELETE', `${keys}/${id}`);
      expect(reply.status).toBe(200);
      expect(reply.body).toEqual({ message: 'API key deleted successfully', deletedAt: now });
      expect((await call(served, 'alice', 'GET', `${keys}/${id}`)).status).toBe(404);
      expect((await call(served, 'alice', 'DELETE', `${keys}/${id}`)).status).toBe(404);
    });

    test('DELETE answers 202 with pending while LiteLLM is down', async () => {
      const { served, litellm } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      const reply = await call(served, 'alice', 'DELETE', `${keys}/${id}`);
      expect(reply.status).toBe(202);
      expect(reply.body).toEqual({ message: 'API key deleted successfully', deletedAt: now, pending: true });
      expect((await call(served, 'alice', 'GET', `${keys}/${id}`)).status).toBe(404);
    });

    test('GET /stats counts, and is no key of that name', async () => {
      const { served, subscriptions } = await open();
      await newKey(served, 'alice', { models: ['gpt-a'] });
      await newKey(served);
      await newKey(served, 'bob');
      expect((await call(served, 'alice', 'GET', `${keys}/stats`)).body).toEqual({
        total: 2,
        active: 2,
        expired: 0,
        blocked: 0,
        bySubscription: [{ subscriptionId: subscriptions.alice, count: 2 }],
        byModel: [
          { model: 'gpt-a', count: 2 },
          { model: 'gpt-b', count: 1 },
        ],
      });
    });

    test('subscriptions and models are listed', async () => {
      const { served, subscriptions } = await open();
      const list = await call(served, 'alice', 'GET', '/api/v1/subscriptions');
      expect(list.body).toMatchObject({
        data: [{ id: subscriptions.alice, models: ['gpt-a', 'gpt-b'] }],
        nextCursor: null,
      });
      const prices = {
        inputCostPerMillion: '1',
        outputCostPerMillion: '2',
        maxInputTokens: 128_000,
        maxOutputTokens: 16_384,
      };
      expect((await call(served, 'alice', 'GET', '/api/v1/models')).body).toEqual({
        data: ['gpt-a', 'gpt-b'].map((name) => ({ name, ...prices, subscriptionIds: [subscriptions.alice] })),
        nextCursor: null,
      });
    });
  });

  describe('refusals of own keys', () => {
    test.each<[body: Record<string, unknown>, status: number, code: string]>([
      [{}, 400, 'validation_failed'],
      [{ name: '' }, 400, 'validation_failed'],
      [{ name: 'a', models: [] }, 400, 'validation_failed'],
      [{ name: 'a', expiresAt: '2020-01-01T00:00:00Z' }, 400, 'validation_failed'],
      [{ name: 'a', subscriptionId: '00000000-0000-7000-8000-000000000000' }, 404, 'subscription_not_found'],
      [{ name: 'a', subscriptionId: 'no-uuid' }, 404, 'subscription_not_found'],
      [{ name: 'a', models: ['gpt-z'] }, 403, 'model_not_in_subscription'],
    ])('POST %j is %d %s', async (body, status, code) => {
      const { served, storage } = await open();
      const reply = await call(served, 'alice', 'POST', keys, { body });
      expect([reply.status, problemOf(reply).code]).toEqual([status, code]);
      const { items } = await storage.keys.list('acme', {}, { limit: 10 });
      expect(items).toEqual([]);
    });

    test('the whole body of a refusal', async () => {
      const { served } = await open();
      const headers = { 'x-request-id': 'request-1' };
      const reply = await call(served, 'alice', 'POST', keys, {
        body: { name: 'a', quota_limit: 5, tpmLimit: -1 },
        headers,
      });
      expect(reply.headers.get('x-request-id')).toBe('request-1');
      expect(reply.body).toEqual({
        type: 'urn:keywright:error:validation_failed',
        title: 'The input is not valid',
        status: 400,
        detail: 'tpmLimit: should be a whole number from 0 to 2147483647 (and 1 more)',
        code: 'validation_failed',
        instance: 'urn:keywright:request:request-1',
        errors: [
          { path: 'tpmLimit', message: 'should be a whole number from 0 to 2147483647' },
          { path: 'quota_limit', message: 'unknown field; did you mean quotaLimit?' },
        ],
      });
    });

    test('403 for a limit above the subscription, and for a subscription that is not active', async () => {
      const { served, subscriptions } = await open();
      const path = `/api/v1/admin/subscriptions/${subscriptions.alice}`;
      await call(served, 'dana', 'PATCH', path, { body: { maxBudget: '10' } });
      const above = await call(served, 'alice', 'POST', keys, { body: { name: 'a', maxBudget: '11' } });
      expect([above.status, problemOf(above).code]).toEqual([403, 'limit_above_maximum']);
      expect(problemOf(above).errors).toEqual([{ path: 'maxBudget', message: "is above the subscription's 10 USD" }]);
      await call(served, 'dana', 'PATCH', path, { body: { status: 'suspended' } });
      const suspended = await call(served, 'alice', 'POST', keys, { body: { name: 'a' } });
      expect([suspended.status, problemOf(suspended).code]).toEqual([403, 'subscription_inactive']);
    });

    test('403 for a user and a tenant that are deactivated', async () => {
      const { served, storage } = await open();
      await storage.outside.setUserActive('acme', 'alice', false);
      expect(problemOf(await call(served, 'alice', 'POST', keys, { body: { name: 'a' } })).code).toBe('user_inactive');
      await storage.outside.setTenantActive('acme', false);
      expect(problemOf(await call(served, 'bob', 'POST', keys, { body: { name: 'a' } })).code).toBe('tenant_inactive');
    });

    test('409 at the limit on the number of keys', async () => {
      const { served } = await open();
      for (let index = 0; index < 10; index++) await newKey(served);
      const reply = await call(served, 'alice', 'POST', keys, { body: { name: 'one more' } });
      expect([reply.status, problemOf(reply).code]).toEqual([409, 'key_limit_reached']);
    });

    test('422 when LiteLLM refuses, 503 with Retry-After when it does not answer; nothing is left behind', async () => {
      const { served, litellm } = await open();
      litellm.upstream.failNext('createKey', 'refused');
      const refused = await call(served, 'alice', 'POST', keys, { body: { name: 'a' } });
      expect([refused.status, problemOf(refused).code]).toEqual([422, 'gateway_refused']);
      litellm.upstream.isDown = true;
      const down = await call(served, 'alice', 'POST', keys, { body: { name: 'a' } });
      expect([down.status, problemOf(down).code, down.headers.get('retry-after')]).toEqual([
        503,
        'gateway_unavailable',
        '5',
      ]);
      expect(listOf(await call(served, 'alice', 'GET', keys)).data).toEqual([]);
    });

    test('PATCH: 422 when LiteLLM refuses, and the key is as before; 409 for a revoked key', async () => {
      const { served, litellm, storage } = await open();
      const { id } = await newKey(served);
      litellm.upstream.failNext('updateKey', 'refused');
      const refused = await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body: { tpmLimit: 5 } });
      expect([refused.status, problemOf(refused).code]).toEqual([422, 'gateway_refused']);
      expect((await call(served, 'alice', 'GET', `${keys}/${id}`)).body).toMatchObject({ tpmLimit: null });
      await storage.outside.revokeKey('acme', id, new Date(0));
      const revoked = await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body: { tpmLimit: 5 } });
      expect([revoked.status, problemOf(revoked).code]).toEqual([409, 'key_not_active']);
    });

    test.each([
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=',
      'cursor=x',
      'cursor=',
      `cursor=${Buffer.from('1.no-uuid').toString('base64url')}`,
      `cursor=${Buffer.from('999999999999999.00000000-0000-7000-8000-000000000000').toString('base64url')}`,
      'status=wrong',
      'Status=active',
    ])('GET ?%s is 400 and names the parameter', async (query) => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'GET', `${keys}?${query}`);
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, query.split('=')[0]]);
    });

    test.each(['GET', 'PATCH', 'DELETE'])('%s of an id that is no UUID, or nobody has, is 404', async (method) => {
      const { served } = await open();
      for (const id of ['x', '%00', '..', '00000000-0000-7000-8000-000000000000', `${'a'.repeat(2000)}`]) {
        const reply = await served.send(`${keys}/${id}`, {
          method,
          headers: { authorization: 'Bearer token-of-alice', 'content-type': 'application/json' },
          ...(method === 'PATCH' && { body: '{"name":"a"}' }),
        });
        expect([id, [404, 405].includes(reply.status)]).toEqual([id, true]);
      }
    });
  });
}
