import { KeywrightError } from '@keywright/core';
import { type MountedRoute, RouteTable, routes } from '@keywright/http-api';
import { describe, expect, test } from 'vitest';
import { type CallOptions, call, createdOf, fieldsOf, listOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';
import type { Served } from '../world.ts';

const keys = '/api/v1/api-keys';
const gone =
  'The secret was shown once, in the first answer to this Idempotency-Key. If it was lost, rotate the key with ' +
  'gracePeriodSeconds 0.';
const idempotent = new RouteTable(routes).routes.filter((route) => route.idempotent);
const bodies: Record<string, unknown> = {
  createApiKey: { name: 'a' },
  createApiKeyForUser: { name: 'a', userId: 'alice' },
};
const plausible = (route: MountedRoute, id: string) => ({
  who: route.caller === 'admin' ? 'dana' : 'alice',
  path: route.path.replace(':id', id),
  body: bodies[route.name],
});

/** A call with an `Idempotency-Key`. */
function keyed(served: Served, who: string, method: string, path: string, key: string, options: CallOptions = {}) {
  return call(served, who, method, path, { ...options, headers: { ...options.headers, 'idempotency-key': key } });
}

export function describeIdempotency(open: OpenWorld): void {
  describe('Idempotency-Key', () => {
    test('a creation that is repeated is one creation, and the secret is not shown again', async () => {
      const { served } = await open();
      const first = await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a', tpmLimit: 1 } });
      expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
      createdOf(first);
      const second = await keyed(served, 'alice', 'POST', keys, 'k', { body: { tpmLimit: 1, name: 'a' } });
      expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
      expect(second.body).toEqual({ ...fieldsOf(first), key: null, message: gone });
      expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(listOf(await call(served, 'alice', 'GET', keys)).data).toHaveLength(1);
    });

    test.each(idempotent.map((route) => [route.name, route] as const))(
      '%s: a repetition has the first status and body, and no secret is stored',
      async (_, route) => {
        const { served, storage } = await open();
        const { id, key: oldSecret } = await newKey(served);
        const stored: unknown[] = [];
        const finish = storage.idempotency.finish.bind(storage.idempotency);
        storage.idempotency.finish = (tenantId, call, token, answer) => {
          stored.push(answer);
          return finish(tenantId, call, token, answer);
        };
        const { who, path, body } = plausible(route, id);
        const first = await keyed(served, who, route.method, path, 'k', { body });
        const again = await keyed(served, who, route.method, path, 'k', { body });
        const { key: secret = null, ...rest } = fieldsOf(first);
        expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([first.status, 'true']);
        expect(again.body).toEqual(secret === null ? rest : { ...rest, key: null, message: gone });
        expect(stored).toHaveLength(1);
        const text = JSON.stringify(stored);
        for (const shown of [oldSecret, String(secret ?? oldSecret)]) expect(text).not.toContain(shown.slice(10));
      },
    );

    test('a repetition of a deletion that LiteLLM has not confirmed is 202 as well', async () => {
      const { served, litellm } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      const first = await keyed(served, 'alice', 'DELETE', `${keys}/${id}`, 'k');
      const again = await keyed(served, 'alice', 'DELETE', `${keys}/${id}`, 'k');
      expect([first.status, again.status, again.body]).toEqual([202, 202, first.body]);
      expect((await keyed(served, 'alice', 'DELETE', `${keys}/${id}`, 'other')).status).toBe(404);
    });

    test('a refusal is repeated as it was, with the request id of the first', async () => {
      const { served, subscriptions } = await open();
      const body = { name: 'a', models: ['gpt-c'] };
      const headers = { 'x-request-id': 'request-1' };
      const first = await keyed(served, 'alice', 'POST', keys, 'k', { body, headers });
      expect([first.status, problemOf(first).code]).toEqual([403, 'model_not_in_subscription']);
      const widened = { models: ['gpt-a', 'gpt-c'] };
      await call(served, 'dana', 'PATCH', `/api/v1/admin/subscriptions/${subscriptions.alice}`, { body: widened });
      const again = await keyed(served, 'alice', 'POST', keys, 'k', { body, headers: { 'x-request-id': 'request-2' } });
      expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([403, first.body, 'true']);
      expect(problemOf(again).instance).toBe('urn:keywright:request:request-1');
      expect(again.headers.get('x-request-id')).toBe('request-2');
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    });

    test('another body, path or query under the same key is 409, and nothing is done', async () => {
      const { served } = await open();
      const one = await newKey(served);
      const other = await newKey(served);
      await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a' } });
      await keyed(served, 'alice', 'POST', `${keys}/${one.id}/rotate`, 'k', { body: { gracePeriodSeconds: 0 } });
      await keyed(served, 'olga', 'DELETE', `/api/v1/admin/api-keys/${one.id}?tenantId=globex`, 'k');
      const conflicts = [
        await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'b' } }),
        await keyed(served, 'alice', 'POST', `${keys}/${other.id}/rotate`, 'k', { body: { gracePeriodSeconds: 0 } }),
        await keyed(served, 'alice', 'POST', `${keys}/${one.id}/rotate`, 'k'),
        await keyed(served, 'olga', 'DELETE', `/api/v1/admin/api-keys/${one.id}?tenantId=acme`, 'k'),
      ];
      for (const reply of conflicts) {
        expect([reply.status, problemOf(reply).code]).toEqual([409, 'idempotency_conflict']);
        expect(reply.headers.get('idempotent-replayed')).toBeNull();
      }
      expect(listOf(await call(served, 'alice', 'GET', keys)).data).toHaveLength(3);
    });

    test('an empty body is the same as none', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      await keyed(served, 'alice', 'POST', `${keys}/${id}/rotate`, 'k');
      const again = await keyed(served, 'alice', 'POST', `${keys}/${id}/rotate`, 'k', { body: {} });
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    });

    test('the same key of another user, of another tenant or for another route is another key', async () => {
      const { served } = await open();
      const replies = [
        await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a' } }),
        await keyed(served, 'bob', 'POST', keys, 'k', { body: { name: 'b' } }),
        await keyed(served, 'carol', 'POST', keys, 'k', { body: { name: 'c' } }),
      ];
      const { id } = createdOf(replies[0] ?? expect.unreachable());
      replies.push(await keyed(served, 'alice', 'POST', `${keys}/${id}/rotate`, 'k'));
      expect(replies.map(({ status, headers }) => [status, headers.get('idempotent-replayed')])).toEqual([
        [201, null],
        [201, null],
        [201, null],
        [200, null],
      ]);
    });

    test('while the first request runs, a repetition is 409 with Retry-After', async () => {
      const { served, litellm, clock } = await open();
      litellm.upstream.failNext('createKey', 'hangs');
      const create = () => keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a' } });
      const first = create();
      while (!litellm.upstream.mirrorCalls.includes('createKey')) await new Promise(setImmediate);
      const meanwhile = await create();
      expect([meanwhile.status, problemOf(meanwhile).code, meanwhile.headers.get('retry-after')]).toEqual([
        409,
        'idempotency_in_progress',
        '5',
      ]);
      clock.advance(10_000);
      expect((await first).status).toBe(503);
      expect((await create()).status).toBe(201);
    });

    test('a failure of ours is not kept: the same key tries again', async () => {
      const { served, storage, litellm, log } = await open();
      const create = () => keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a' } });
      litellm.upstream.isDown = true;
      expect((await create()).status).toBe(503);
      litellm.upstream.isDown = false;
      const { transaction } = storage;
      storage.transaction = () => Promise.reject(new TypeError('a bug'));
      expect((await create()).status).toBe(500);
      expect(log.join('\n')).toContain('TypeError: a bug');
      storage.transaction = transaction;
      const reply = await create();
      expect([reply.status, reply.headers.get('idempotent-replayed')]).toEqual([201, null]);
    });

    test('a refusal that says when to come back is not kept either', async () => {
      const { served, clock } = await open();
      const { id } = await newKey(served);
      const rotate = (key: string) => keyed(served, 'alice', 'POST', `${keys}/${id}/rotate`, key);
      expect((await rotate('one')).status).toBe(200);
      const early = await rotate('two');
      expect([early.status, early.headers.get('retry-after')]).toEqual([409, '300']);
      clock.advance(300_000);
      expect((await rotate('two')).status).toBe(200);
    });

    test('who may not call, and input that is wrong, are refused before anything is looked up', async () => {
      const { served, storage } = await open();
      storage.idempotency.begin = () => Promise.reject(new Error('It was looked up.'));
      const body = { name: 'a', userId: 'alice' };
      const replies = [
        await keyed(served, '', 'POST', keys, 'k', { body }),
        await keyed(served, 'alice', 'POST', '/api/v1/admin/api-keys', 'k', { body }),
        await keyed(served, 'rita', 'POST', '/api/v1/admin/api-keys', 'k', { body }),
        await keyed(served, 'gina', 'POST', '/api/v1/admin/api-keys?tenantId=acme', 'k', { body }),
        await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: '' } }),
        await keyed(served, 'dana', 'POST', '/api/v1/admin/api-keys', 'k', { body }),
      ];
      expect(replies.map(({ status }) => status)).toEqual([401, 403, 403, 403, 400, 500]);
    });

    test('without storage it is 503, and nothing is done', async () => {
      const { served, storage } = await open();
      storage.idempotency.begin = () => Promise.reject(new KeywrightError('storage_unavailable', 'It is down.'));
      expect((await keyed(served, 'alice', 'POST', keys, 'k', { body: { name: 'a' } })).status).toBe(503);
      expect(listOf(await call(served, 'alice', 'GET', keys)).data).toEqual([]);
    });

    test.each(['', 'two words', 'tab\there', 'é', 'x'.repeat(256), 'sk-kw_0123456789abcdef'])(
      'the key %j is 400 and names the header',
      async (key) => {
        const { served } = await open();
        const reply = await keyed(served, 'alice', 'POST', keys, key, { body: { name: 'a' } });
        expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, 'Idempotency-Key']);
        expect(listOf(await call(served, 'alice', 'GET', keys)).data).toEqual([]);
      },
    );

    test.each(['x', '"8e03978e-40d5"', '!~', 'x'.repeat(255)])('the key %s is taken', async (key) => {
      const { served } = await open();
      const create = () => keyed(served, 'alice', 'POST', keys, key, { body: { name: 'a' } });
      expect([(await create()).status, (await create()).headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    });

    test('other routes do not look at it', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      const patch = () => keyed(served, 'alice', 'PATCH', `${keys}/${id}`, 'k k', { body: { tpmLimit: 1 } });
      expect([(await patch()).status, (await patch()).headers.get('idempotent-replayed')]).toEqual([200, null]);
    });
  });
}
