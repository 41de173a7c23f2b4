import { type ErrorCode, KeywrightError } from '@keywright/core';
import { routes } from '@keywright/http-api';
import { describe, expect, test } from 'vitest';
import { call, callWithKey, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const down = (code: ErrorCode) => () => Promise.reject(new KeywrightError(code, 'connect ECONNREFUSED 10.0.0.5:5432'));
const message = { role: 'user', content: 'hello' };

export function describeOutages(open: OpenWorld): void {
  describe('outages', () => {
    const reading = routes.filter(
      ({ group, method, path }) => group === 'management' && method === 'GET' && path !== '/models',
    );

    test.each(reading.map(({ path, caller }) => [path, caller === 'operator' ? 'olga' : 'dana']))(
      'GET %s is 503 with Retry-After while the database is down',
      async (path, who) => {
        const { served, storage } = await open();
        const fail = down('storage_unavailable');
        Object.assign(storage.keys, { find: fail, list: fail, statistics: fail });
        Object.assign(storage.subscriptions, { find: fail, list: fail });
        Object.assign(storage.users, { find: fail, list: fail });
        Object.assign(storage.tenants, { find: fail });
        Object.assign(storage.unscoped, { listTenants: fail, lastReconcile: fail });
        Object.assign(storage.audit, { list: fail });
        Object.assign(storage.syncTasks, { list: fail, summary: fail });
        Object.assign(storage.usage, { totals: fail, series: fail });
        const id = '00000000-0000-7000-8000-000000000000';
        const reply = await call(served, who, 'GET', `/api/v1${path.replace(':id', id)}`);
        expect([reply.status, problemOf(reply).code, reply.headers.get('retry-after')]).toEqual([
          503,
          'storage_unavailable',
          '5',
        ]);
      },
    );

    test('a schema that does not fit is 503', async () => {
      const { served, storage } = await open();
      storage.keys.list = down('schema_mismatch');
      const reply = await call(served, 'alice', 'GET', '/api/v1/api-keys');
      expect([reply.status, problemOf(reply).code]).toEqual([503, 'schema_mismatch']);
    });

    test('models are 503 while LiteLLM was never reached', async () => {
      const { served, litellm } = await open();
      litellm.upstream.isDown = true;
      const reply = await call(served, 'alice', 'GET', '/api/v1/models');
      expect([reply.status, problemOf(reply).code]).toEqual([503, 'gateway_unavailable']);
    });

    test('the data plane does not say which store is down', async () => {
      const { served, storage } = await open();
      const { key } = await newKey(served);
      storage.unscoped.findBySecretHash = down('storage_unavailable');
      const body = { model: 'gpt-a', messages: [message] };
      const reply = await callWithKey(served, key, 'POST', '/v1/chat/completions', { body });
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
      expect(openAiErrorOf(reply)).toEqual({
        message: 'The service is not available at the moment. Try again later.',
        type: 'api_error',
        param: null,
        code: 'gateway_unavailable',
      });
    });

    test('what nobody foresaw is 500 without a word of the inside, and is logged with its request id', async () => {
      const { served, storage, log } = await open();
      const fail = () => Promise.reject(new TypeError('cannot read properties of sk-kw_secretsecret'));
      storage.keys.list = fail;
      const headers = { 'x-request-id': 'request-9' };
      const reply = await call(served, 'alice', 'GET', '/api/v1/api-keys', { headers });
      expect([reply.status, problemOf(reply).code]).toEqual([500, 'internal_error']);
      expect(reply.text).not.toMatch(/TypeError|cannot read|\.ts/);
      expect(log.join('\n')).toContain('TypeError: cannot read properties of sk-[redacted]');
      expect(log.join('\n')).toContain('"requestId":"request-9","route":"listApiKeys"');
      storage.unscoped.findBySecretHash = fail;
      const relayed = await callWithKey(served, 'sk-abcdefghijklmnopqrstuv', 'GET', '/v1/models');
      expect([relayed.status, openAiErrorOf(relayed).code]).toEqual([500, 'internal_error']);
      expect(relayed.text).not.toMatch(/TypeError|cannot read/);
    });
  });
}
