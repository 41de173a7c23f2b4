import type { GatewayFailure, GatewayFailureKind } from '@keywright/core';
import { describe, expect, test } from 'vitest';
import { call, callWithKey, newKey, openAiErrorOf, type Reply } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const chat = '/v1/chat/completions';
const body = { model: 'gpt-a', messages: [{ role: 'user', content: 'hello there' }] };
const hash = 'a'.repeat(64);
/** What LiteLLM says of a key: none of it is the caller's business. */
const inside = `Budget has been exceeded! Key=keywright/0198/1 (sk-...abcd) ${hash} Current cost: 12.34, Max budget: 10`;

const failed = (kind: GatewayFailureKind, more: Partial<GatewayFailure> = {}): GatewayFailure => ({
  kind,
  status: 500,
  message: inside,
  param: null,
  retryAfterSeconds: null,
  ...more,
});

const shown = (reply: Reply) => [reply.status, openAiErrorOf(reply).code];

export function describeDataPlane(open: OpenWorld): void {
  describe('calls with an API key', () => {
    test.each([chat, '/api/v1/chat/completions'])('POST %s is relayed, metered and answered', async (path) => {
      const { served, events, litellm } = await open();
      const { id, key } = await newKey(served);
      const reply = await callWithKey(served, key, 'POST', path, { body: { ...body, user: 'mallory' } });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { content: 'hello there' } }],
      });
      expect(litellm.upstream.chatCalls[0]?.body).toEqual({ ...body, max_tokens: 16_384 });
      expect(events).toMatchObject([
        { keyId: id, outcome: 'completed', inputTokens: 3, outputTokens: 3, userId: 'alice' },
      ]);
      const usage = await call(served, 'alice', 'GET', `/api/v1/api-keys/${id}/usage`);
      const totals = { requests: 1, inputTokens: 3, outputTokens: 3, cost: '0.000009' };
      const none = await call(served, 'alice', 'GET', '/api/v1/usage?to=2029-12-31T00:00:00Z&granularity=hour');
      expect(usage.body).toMatchObject({ granularity: 'day', totals: { requests: 0 } }); // `to` is now, and excluded
      expect(none.body).toMatchObject({ granularity: 'hour', totals: { requests: 0, cost: '0' }, series: [] });
      const later = await call(
        served,
        'alice',
        'GET',
        '/api/v1/usage?from=2030-01-01T00:00:00Z&to=2030-01-02T00:00:00Z',
      );
      expect(later.body).toMatchObject({ totals, series: [{ at: '2030-01-01T00:00:00.000Z', ...totals }] });
    });

    test.each(['/v1/embeddings', '/api/v1/embeddings'])('POST %s is relayed', async (path) => {
      const { served, events } = await open();
      const { key } = await newKey(served);
      const reply = await callWithKey(served, key, 'POST', path, { body: { model: 'gpt-b', input: ['a', 'b'] } });
      expect(reply.body).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }] });
      expect(events).toMatchObject([{ model: 'gpt-b', outcome: 'completed', outputTokens: 0 }]);
    });

    test('GET /v1/models lists what the key may use now', async () => {
      const { served, subscriptions } = await open();
      const { key } = await newKey(served);
      const model = { object: 'model', created: 0, owned_by: 'keywright' };
      expect((await callWithKey(served, key, 'GET', '/v1/models')).body).toEqual({
        object: 'list',
        data: [
          { id: 'gpt-a', ...model },
          { id: 'gpt-b', ...model },
        ],
      });
      await call(served, 'dana', 'PATCH', `/api/v1/admin/subscriptions/${subscriptions.alice}`, {
        body: { models: ['gpt-b'] },
      });
      expect((await callWithKey(served, key, 'GET', '/v1/models')).body).toMatchObject({ data: [{ id: 'gpt-b' }] });
    });

    test('GET /v1/models/:id tells of one model that the key may use, and 404 of every other', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const found = await callWithKey(served, key, 'GET', '/v1/models/gpt-b');
      expect(found.body).toEqual({ id: 'gpt-b', object: 'model', created: 0, owned_by: 'keywright' });
      const missing = await callWithKey(served, key, 'GET', '/v1/models/gpt-z');
      expect(shown(missing)).toEqual([404, 'model_not_found']);
      expect(shown(await callWithKey(served, 'nonsense', 'GET', '/v1/models/gpt-b'))).toEqual([401, 'invalid_api_key']);
    });

    test('a path that is not served says which are', async () => {
      const { served } = await open();
      const reply = await callWithKey(served, 'nonsense', 'POST', '/v1/responses', { body: {} });
      expect(shown(reply)).toEqual([404, 'route_not_found']);
      expect(openAiErrorOf(reply).message).toContain('POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models');
    });

    test('the key comes as X-API-Key, too; two different ones are none', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const other = await newKey(served);
      const models = (headers: Record<string, string>) => call(served, '', 'GET', '/v1/models', { headers });
      expect((await models({ 'x-api-key': key })).status).toBe(200);
      expect((await models({ authorization: `bearer ${key}` })).status).toBe(200);
      expect((await models({ authorization: `Bearer ${key}`, 'x-api-key': key })).status).toBe(200);
      for (const headers of [
        {},
        { authorization: `Bearer ${key}`, 'x-api-key': other.key },
        { authorization: `Basic ${key}` },
        { authorization: key },
        { authorization: 'Bearer ' },
        { authorization: `Bearer ${key}, Bearer ${key}` },
        { 'x-api-key': `${key}, ${other.key}` },
        { 'x-api-key': '' },
      ]) {
        const reply = await models(headers);
        expect([headers, ...shown(reply)]).toEqual([headers, 401, 'invalid_api_key']);
        expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      }
    });
  });

  describe('keys that are refused', () => {
    test('unknown, malformed and deleted keys look alike', async () => {
      const { served } = await open();
      const { id, key } = await newKey(served);
      await call(served, 'alice', 'DELETE', `/api/v1/api-keys/${id}`);
      const replies: Reply[] = [];
      for (const secret of [key, 'nonsense', 'sk-abcdefghijklmnopqrstuv', `${key.slice(0, -1)}0`, 'x'.repeat(5000)]) {
        replies.push(await callWithKey(served, secret, 'POST', chat, { body }));
      }
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
      expect(replies.map(shown)).toEqual(replies.map(() => [401, 'invalid_api_key']));
    });

    test('expired, blocked, without subscription, user or tenant', async () => {
      const { served, storage, clock, subscriptions } = await open();
      const relay = async (key: string) => shown(await callWithKey(served, key, 'POST', chat, { body }));
      const expiring = await newKey(served, 'alice', { expiresAt: '2030-01-01T01:00:00Z' });
      const blocked = await newKey(served);
      await storage.keys.update('acme', blocked.id, { isActive: false, blockedBy: 'owner' });
      expect(await relay(blocked.key)).toEqual([403, 'api_key_blocked']);
      clock.advance(3_600_000);
      expect(await relay(expiring.key)).toEqual([401, 'api_key_expired']);
      const { key } = await newKey(served);
      const path = `/api/v1/admin/subscriptions/${subscriptions.alice}`;
      await call(served, 'dana', 'PATCH', path, { body: { status: 'suspended' } });
      expect(await relay(key)).toEqual([403, 'subscription_inactive']);
      const ofBob = await newKey(served, 'bob');
      await storage.outside.setUserActive('acme', 'bob', false);
      expect(await relay(ofBob.key)).toEqual([403, 'account_inactive']);
      const ofCarol = await newKey(served, 'carol');
      await storage.outside.setTenantActive('globex', false);
      expect(await relay(ofCarol.key)).toEqual([403, 'account_inactive']);
    });

    test('model, permission, address', async () => {
      const { served } = await open();
      const relay = async (key: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
        shown(await callWithKey(served, key, 'POST', chat, { body: { ...body, ...more }, headers }));
      const narrow = await newKey(served, 'alice', { models: ['gpt-b'] });
      expect(await relay(narrow.key)).toEqual([403, 'model_not_allowed']);
      const other = await newKey(served, 'alice', { permissions: ['llm:embeddings'] });
      expect(await relay(other.key)).toEqual([403, 'permission_denied']);
      const local = await newKey(served, 'alice', { allowedIps: ['198.51.100.0/24'] });
      expect(await relay(local.key)).toEqual([403, 'ip_not_allowed']);
      expect(await relay(local.key, {}, { 'x-forwarded-for': '198.51.100.7' })).toEqual([403, 'ip_not_allowed']);
      const near = await callWithKey(served, local.key, 'POST', chat, {
        body,
        headers: { 'x-test-ip': '198.51.100.7' },
      });
      expect(near.status).toBe(200);
    });

    test.each<[body: unknown, param: string | null]>([
      ['{', null],
      [{ ...body, model: 5 }, 'model'],
      [{ ...body, messages: [] }, 'messages'],
      [{ ...body, api_base: 'http://evil.example' }, 'api_base'],
      [{ ...body, litellm_params: {} }, 'litellm_params'],
      [{ ...body, provider_specific_header: {} }, 'provider_specific_header'],
    ])('the body %j is 400 in the shape of OpenAI', async (sent, param) => {
      const { served, events } = await open();
      const { key } = await newKey(served);
      const reply = await callWithKey(served, key, 'POST', chat, { body: sent });
      expect(reply.status).toBe(400);
      expect(openAiErrorOf(reply)).toMatchObject({ type: 'invalid_request_error', code: 'validation_failed', param });
      expect(events).toEqual([]);
    });
  });

  describe('what LiteLLM and providers refuse', () => {
    test.each<[failure: GatewayFailure, status: number, code: string, retryAfter: string | null]>([
      [failed('budget_exceeded', { status: 422 }), 429, 'insufficient_quota', null],
      [failed('key_unknown', { status: 401 }), 503, 'gateway_key_missing', '5'],
      [failed('key_expired', { status: 401 }), 401, 'api_key_expired', null],
      [failed('key_blocked', { status: 401 }), 403, 'api_key_blocked', null],
      [failed('model_denied', { status: 403 }), 403, 'model_not_allowed', null],
      [failed('rate_limited', { status: 429, retryAfterSeconds: 60 }), 429, 'rate_limit_exceeded', '60'],
      [failed('rate_limited', { status: 429 }), 429, 'rate_limit_exceeded', '5'],
      [failed('upstream_rate_limited', { status: 429, retryAfterSeconds: 7 }), 429, 'upstream_rate_limited', '7'],
      [failed('upstream_auth', { status: 401 }), 502, 'upstream_error', null],
      [failed('upstream_auth', { status: 403 }), 502, 'upstream_error', null],
      [failed('invalid_request', { status: 403 }), 502, 'upstream_error', null],
      [failed('gateway_down', { status: 0 }), 503, 'gateway_unavailable', '5'],
    ])('%j is told in our own words', async (failure, status, code, retryAfter) => {
      const { served, litellm, events } = await open();
      const { key } = await newKey(served);
      litellm.upstream.failNextChat(failure);
      const reply = await callWithKey(served, key, 'POST', chat, { body });
      expect([...shown(reply), reply.headers.get('retry-after')]).toEqual([status, code, retryAfter]);
      expect(reply.text).not.toMatch(/aaaa|keywright\/|12\.34|abcd/);
      expect(reply.headers.get('x-should-retry')).toBe(code === 'insufficient_quota' ? 'false' : null);
      expect(events).toMatchObject([{ outcome: 'refused', costNano: 0n }]);
    });

    test.each([
      [500, 502],
      [502, 502],
      [503, 503],
      [504, 504],
      [0, 502],
    ])('a provider that fails with %d is %d with its text, secrets redacted', async (given, status) => {
      const { served, litellm } = await open();
      const { key } = await newKey(served);
      const message = `litellm.InternalServerError: broken, key sk-proj-abcdefgh, ${hash}`;
      litellm.upstream.failNextChat(failed('upstream_error', { status: given, message }));
      const reply = await callWithKey(served, key, 'POST', chat, { body });
      expect(shown(reply)).toEqual([status, 'upstream_error']);
      expect(openAiErrorOf(reply).message).toBe('litellm.InternalServerError: broken, key sk-[redacted], [redacted]');
    });

    test.each([400, 404, 413, 422])('a provider that says %d is passed on with its text and field', async (status) => {
      const { served, litellm } = await open();
      const { key } = await newKey(served);
      litellm.upstream.failNextChat(
        failed('invalid_request', { status, message: 'temperature is too hot', param: 'temperature' }),
      );
      const reply = await callWithKey(served, key, 'POST', chat, { body });
      expect(reply.status).toBe(status);
      expect(openAiErrorOf(reply)).toEqual({
        message: 'temperature is too hot',
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'invalid_request',
      });
    });

    test('"budget exceeded" while our ledger has budget left is a 429 to be repeated after a second', async () => {
      const { served, litellm } = await open();
      const { key } = await newKey(served, 'alice', { maxBudget: '10' });
      litellm.upstream.failNextChat(failed('budget_exceeded', { status: 422 }));
      const reply = await callWithKey(served, key, 'POST', chat, { body });
      expect([...shown(reply), reply.headers.get('retry-after')]).toEqual([429, 'rate_limit_exceeded', '1']);
    });

    test('a key that LiteLLM no longer knows gets a task of the sync queue', async () => {
      const { served, litellm } = await open();
      const { id, key } = await newKey(served);
      litellm.upstream.failNextChat(failed('key_unknown', { status: 401 }));
      await callWithKey(served, key, 'POST', chat, { body });
      const queue = await call(served, 'dana', 'GET', '/api/v1/admin/sync');
      expect(queue.body).toMatchObject({ pending: 1, data: [{ entity: 'key', id }] });
    });
  });
}
