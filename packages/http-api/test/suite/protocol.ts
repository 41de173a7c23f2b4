import { describe, expect, test } from 'vitest';
import { call, callWithKey, checked, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const keys = '/api/v1/api-keys';
const chat = '/v1/chat/completions';
const mebibyte = 1024 * 1024;

export function describeProtocol(open: OpenWorld): void {
  describe('routes and methods', () => {
    test.each(['/api/v1/nothing', '/api/v1/', '/api/v1//api-keys', '/api/v1/api-keys/a/b', '/api/v1/API-KEYS'])(
      '%s is 404 as a problem',
      async (path) => {
        const { served } = await open();
        const reply = await call(served, 'alice', 'GET', path);
        expect([reply.status, problemOf(reply).code]).toEqual([404, 'route_not_found']);
      },
    );

    test('an unknown route and method of the data plane are refused in the shape of OpenAI', async () => {
      const { served } = await open();
      const unknown = await call(served, '', 'POST', '/v1/images/generations', { body: {} });
      expect([unknown.status, unknown.body]).toEqual([
        404,
        {
          error: {
            message: expect.stringMatching(/^There is no such route\. Served are /),
            type: 'invalid_request_error',
            param: null,
            code: 'route_not_found',
          },
        },
      ]);
      const method = await call(served, '', 'GET', chat);
      expect([method.status, method.headers.get('allow'), openAiErrorOf(method).code]).toEqual([
        405,
        'POST',
        'method_not_allowed',
      ]);
    });

    test.each([
      ['PUT', keys, 'GET, HEAD, POST'],
      ['POST', `${keys}/x`, 'DELETE, GET, HEAD, PATCH'],
      ['OPTIONS', '/healthz', 'GET, HEAD'],
      ['DELETE', '/api/v1/usage', 'GET, HEAD'],
    ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
      const { served } = await open();
      const reply = await call(served, 'alice', method, path);
      expect([reply.status, reply.headers.get('allow'), problemOf(reply).code]).toEqual([
        405,
        allow,
        'method_not_allowed',
      ]);
    });

    test('HEAD answers as GET does, without the body', async () => {
      const { served } = await open();
      const get = await call(served, 'alice', 'GET', keys);
      const head = await call(served, 'alice', 'HEAD', keys);
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
      expect((await call(served, '', 'HEAD', keys)).status).toBe(401);
    });

    test('a slash at the end makes no difference', async () => {
      const { served } = await open();
      expect((await call(served, 'alice', 'GET', `${keys}/`)).status).toBe(200);
    });
  });

  describe('queries and parameters', () => {
    test.each([
      ['limit=1&limit=2', 'limit'],
      ['search=%zz', 'search'],
      ['search=%ff', 'search'],
      ['%ff=1', 'query'],
      ['serach=a', 'serach'],
      ['__proto__=a', '__proto__'],
      ['constructor=a', 'constructor'],
    ])('?%s is 400 and names it', async (query, path) => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'GET', `${keys}?${query}`);
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, path]);
    });

    test('a misspelt parameter gets a hint', async () => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'GET', `${keys}?serach=a`);
      expect(problemOf(reply).detail).toBe('serach: unknown field; did you mean search?');
    });

    test('a parameter of the path that is no UTF-8 is 400', async () => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'GET', `${keys}/%ff`);
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, 'id']);
    });

    test('plus and percent in a query are decoded, and a plus in a path is one', async () => {
      const { served, storage } = await open();
      await newKey(served, 'alice', { name: 'two words' });
      expect((await call(served, 'alice', 'GET', `${keys}?search=two+words`)).body).toMatchObject({ data: [{}] });
      expect((await call(served, 'alice', 'GET', `${keys}?search=two%20words&`)).body).toMatchObject({ data: [{}] });
      await storage.users.ensure('acme', 'a+b/c', {});
      expect((await call(served, 'dana', 'GET', '/api/v1/admin/users/a+b%2Fc')).body).toMatchObject({ id: 'a+b/c' });
    });
  });

  describe('bodies', () => {
    test.each([
      ['text/plain', '{}'],
      ['application/x-www-form-urlencoded', 'name=a'],
      ['application/json; charset=utf-16', '{}'],
      ['multipart/form-data; boundary=x', '--x--'],
    ])('Content-Type %s is 415', async (contentType, body) => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'POST', keys, { body, headers: { 'content-type': contentType } });
      expect([reply.status, problemOf(reply).code]).toEqual([415, 'unsupported_media_type']);
    });

    test('a compressed body is 415', async () => {
      const { served } = await open();
      const reply = await call(served, 'alice', 'POST', keys, { body: 'xx', headers: { 'content-encoding': 'gzip' } });
      expect(reply.status).toBe(415);
    });

    test.each(['application/json', 'application/json;charset=UTF-8', 'application/merge-patch+json'])(
      'Content-Type %s is taken',
      async (contentType) => {
        const { served } = await open();
        const reply = await call(served, 'alice', 'POST', keys, {
          body: { name: 'a' },
          headers: { 'content-type': contentType },
        });
        expect(reply.status).toBe(201);
      },
    );

    test.each<[what: string, body: string | Uint8Array<ArrayBuffer>]>([
      ['nothing', ''],
      ['half a JSON', '{"name": "a"'],
      ['a text', '"name"'],
      ['a list', '[]'],
      ['null', 'null'],
      ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
      ['a hundred thousand brackets', '['.repeat(100_000)],
    ])('%s as a body is 400', async (_, body) => {
      const { served } = await open();
      const headers = { authorization: 'Bearer token-of-alice', 'content-type': 'application/json' };
      const response = await served.send(keys, { method: 'POST', headers, body });
      const reply = await checked('POST', keys, response);
      expect([reply.status, problemOf(reply).code]).toEqual([400, 'validation_failed']);
    });

    test('a body that nests too deep is 400 and names the field', async () => {
      const { served } = await open();
      const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
      const reply = await call(served, 'alice', 'POST', keys, { body: `{"name":"a","metadata":${deep}}` });
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, 'metadata']);
      const fits = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`;
      expect((await call(served, 'alice', 'POST', keys, { body: `{"name":"a","metadata":${fits}}` })).status).toBe(201);
    });

    test('a body over the limit is 413, whether it says its length or not', async () => {
      const { served } = await open();
      const body = JSON.stringify({ name: 'a'.repeat(mebibyte) });
      const told = await call(served, 'alice', 'POST', keys, { body });
      expect([told.status, problemOf(told).code]).toEqual([413, 'body_too_large']);
      const headers = { authorization: 'Bearer token-of-alice', 'content-type': 'application/json' };
      const chunks = new Blob([body]).stream();
      const response = await served.send(keys, { method: 'POST', headers, body: chunks, duplex: 'half' });
      const untold = await checked('POST', keys, response);
      expect([untold.status, problemOf(untold).code]).toEqual([413, 'body_too_large']);
      expect((await call(served, 'alice', 'POST', keys, { body: { name: 'next' } })).status).toBe(201);
    });

    test('the data plane takes ten times as much, and says 413 in its own shape', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const call = (characters: number) =>
        callWithKey(served, key, 'POST', chat, {
          body: { model: 'gpt-a', messages: [{ role: 'user', content: 'a'.repeat(characters) }] },
        });
      expect((await call(2 * mebibyte)).status).toBe(200);
      const reply = await call(10 * mebibyte);
      expect([reply.status, openAiErrorOf(reply).code]).toEqual([413, 'body_too_large']);
    });

    test('nothing is read of the body of a call whose key is refused', async () => {
      const { served } = await open();
      const reply = await callWithKey(served, 'nonsense', 'POST', chat, { body: 'no JSON' });
      expect([reply.status, openAiErrorOf(reply).code]).toEqual([401, 'invalid_api_key']);
    });

    test('nothing is read of the body of somebody who is not signed in', async () => {
      const { served } = await open();
      expect((await call(served, '', 'POST', keys, { body: 'no JSON' })).status).toBe(401);
      expect((await call(served, '', 'POST', chat, { body: 'no JSON' })).status).toBe(401);
    });
  });

  describe('request ids', () => {
    test.each(['request-1', '01J8ZC-4.5:6_7'])('%s is taken', async (id) => {
      const { served } = await open();
      const reply = await call(served, '', 'GET', '/healthz', { headers: { 'x-request-id': id } });
      expect(reply.headers.get('x-request-id')).toBe(id);
    });

    test.each(['a b', 'a<b>', 'x'.repeat(129), 'sk-kw_0123456789abcdef', '{}'])('%s is replaced', async (id) => {
      const { served } = await open();
      const reply = await call(served, '', 'GET', '/healthz', { headers: { 'x-request-id': id } });
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
}
