import { once } from 'node:events';
import { connect } from 'node:net';
import { createKeywrightRouter } from '@keywright/express-adapter';
import { createHttpApi } from '@keywright/http-api';
import express, { type Express, type Request } from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { delta, PacedUpstream } from '../../http-api/test/paced-upstream.ts';
import { actorOf, createWorld, type WorldOptions } from '../../http-api/test/world.ts';
import { serve } from './express-mount.ts';

const authenticate = (req: Request) => actorOf(req.get('authorization'));
const alice = { authorization: 'Bearer token-of-alice', 'content-type': 'application/json' };
const created = z.looseObject({ key: z.string() });

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const served of opened.splice(0)) await served.close();
});

async function open(build: (app: Express, router: express.Router) => void, options?: WorldOptions) {
  const world = await createWorld(options);
  const app = express();
  build(app, createKeywrightRouter({ ...world.options, authenticate }));
  const served = await serve(app);
  opened.push(served);
  return { ...world, ...served };
}

/** Sends bytes as they are and returns what comes back until the server closes. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('createKeywrightRouter', () => {
  test('takes a body that the host has parsed', async () => {
    const { send } = await open((app, router) => app.use(express.json(), router));
    const reply = await send('/api/v1/api-keys', { method: 'POST', headers: alice, body: '{"name":"a"}' });
    expect(reply.status).toBe(201);
    const form = { ...alice, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('/api/v1/api-keys', { method: 'POST', headers: form, body: 'name=a' })).status).toBe(415);
  });

  test('takes the bytes of express.raw(), within its own limit', async () => {
    const { send } = await open((app, router) => app.use(express.raw({ type: '*/*', limit: '5mb' }), router));
    const post = (body: string) => send('/api/v1/api-keys', { method: 'POST', headers: alice, body });
    expect((await post('{"name":"a"}')).status).toBe(201);
    expect((await post('{"name"')).status).toBe(400);
    expect((await post(JSON.stringify({ name: 'a'.repeat(2_000_000) }))).status).toBe(413);
  });

  test.each([
    ['no parser', []],
    ['express.json()', [express.json()]],
    ['express.raw()', [express.raw({ type: '*/*' })]],
  ])('a body that may be left out may be left out behind %s', async (_, parsers) => {
    const { send } = await open((app, router) => app.use(...parsers, router));
    const created = await send('/api/v1/api-keys', { method: 'POST', headers: alice, body: '{"name":"a"}' });
    const { id } = z.looseObject({ id: z.string() }).parse(await created.json());
    const rotate = (headers: Record<string, string>, body?: string) =>
      send(`/api/v1/api-keys/${id}/rotate`, { method: 'POST', headers, ...(body !== undefined && { body }) });
    expect((await rotate({ authorization: alice.authorization })).status).toBe(200);
    expect((await rotate(alice)).status).toBe(409);
    expect((await rotate(alice, '{"gracePeriodSeconds":0}')).status).toBe(200);
    expect((await rotate({ ...alice, 'content-type': 'text/plain' }, 'now')).status).toBe(415);
  });

  test('two Idempotency-Key headers are refused', async () => {
    const { url } = await open((app, router) => app.use(router));
    const headers = 'Host: a\r\nConnection: close\r\nAuthorization: Bearer token-of-alice\r\n';
    const body = 'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"a"}';
    const post = (keys: string) => raw(url, `POST /api/v1/api-keys HTTP/1.1\r\n${headers}${keys}${body}`);
    expect(await post('Idempotency-Key: k\r\n')).toMatch(/^HTTP\/1\.1 201/);
    expect(await post('Idempotency-Key: k\r\nIdempotency-Key: k\r\n')).toMatch(/^HTTP\/1\.1 400/);
  });

  test('leaves what is not ours to the host, before and after it', async () => {
    const { send } = await open((app, router) => {
      app.use(router);
      app.get('/', (_, res) => void res.send('home'));
      app.get('/api/v1/own', (_, res) => void res.send('own'));
    });
    expect(await (await send('/')).text()).toBe('home');
    expect((await send('/api/v1/own')).status).toBe(404); // below our prefix
    expect((await send('/elsewhere')).headers.get('content-type')).toMatch(/html/); // Express's own 404
  });

  test('with unknownRoutes: pass, also below our prefixes', async () => {
    const world = await createWorld();
    const app = express();
    app.use(createKeywrightRouter(createHttpApi({ ...world.options, authenticate }), { unknownRoutes: 'pass' }));
    app.get('/api/v1/own', (_, res) => void res.send('own'));
    const served = await serve(app);
    opened.push(served);
    expect(await (await served.send('/api/v1/own')).text()).toBe('own');
    expect((await served.send('/api/v1/api-keys')).status).toBe(401);
    expect((await served.send('/api/v1/api-keys', { method: 'PUT' })).status).toBe(405);
  });

  test('can be mounted below a path', async () => {
    const { send } = await open((app, router) => app.use('/keywright', router));
    expect((await send('/keywright/api/v1/api-keys?limit=1', { headers: alice })).status).toBe(200);
    expect((await send('/api/v1/api-keys', { headers: alice })).status).toBe(404);
  });

  test('the address is req.ip: X-Forwarded-For counts only where the host trusts a proxy', async () => {
    const forwarded = { ...alice, 'x-forwarded-for': '198.51.100.7' };
    const addressAfter = async (trust: boolean) => {
      const { send, storage } = await open((app, router) => app.set('trust proxy', trust).use(router));
      await send('/api/v1/api-keys', { method: 'POST', headers: forwarded, body: '{"name":"a"}' });
      return (await storage.audit.list('acme', {}, { limit: 1 })).items[0]?.ipAddress;
    };
    expect(await addressAfter(false)).toMatch(/127\.0\.0\.1$/);
    expect(await addressAfter(true)).toBe('198.51.100.7');
  });

  test('two Authorization headers are refused, not silently reduced to the first', async () => {
    const { send, url } = await open((app, router) => app.use(router));
    const reply = await send('/api/v1/api-keys', { method: 'POST', headers: alice, body: '{"name":"a"}' });
    const { key } = created.parse(await reply.json());
    const header = `Authorization: Bearer ${key}\r\n`;
    const request = (headers: string) => `GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;
    expect(await raw(url, request(header))).toMatch(/^HTTP\/1\.1 200/);
    expect(await raw(url, request(header + header))).toMatch(/^HTTP\/1\.1 401/);
  });

  test.each([
    '//',
    '/%',
    '/api/v1/api-keys/%',
    '/api/v1/api-keys?%',
    '/api/v1/../v1/models',
    '/\\',
    'http://a/healthz',
  ])('the target %s does no harm', async (target) => {
    const { url } = await open((app, router) => app.use(router));
    const reply = await raw(url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 (200|400|401|404)/);
    expect(reply).not.toMatch(/node_modules/);
  });

  test('a caller who goes away in the middle of the body harms nobody', async () => {
    const { send, url } = await open((app, router) => app.use(router));
    const head =
      'POST /api/v1/api-keys HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nContent-Type: application/json\r\n';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`${head}Authorization: Bearer token-of-alice\r\n\r\n{"name"`);
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    expect((await send('/healthz')).status).toBe(200);
  });

  test('a connection is used again after an answer that did not read the body', async () => {
    const { url } = await open((app, router) => app.use(router));
    const body = 'x'.repeat(200_000);
    const refused = `POST /api/v1/api-keys HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const reply = await raw(url, `${refused}GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(reply.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });

  test('a body over the limit is answered while it still comes, and the connection is used again', async () => {
    const { url } = await open((app, router) => app.use(router));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const answers: string[] = [];
    const firstAnswer = Promise.withResolvers<void>();
    socket.on('data', (data) => {
      answers.push(data.toString());
      firstAnswer.resolve();
    });
    const headers = 'Host: a\r\nContent-Type: application/json\r\nAuthorization: Bearer token-of-alice\r\n';
    socket.write(`POST /api/v1/api-keys HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`);
    await firstAnswer.promise;
    expect(answers.join('')).toMatch(/^HTTP\/1\.1 413/);
    socket.write(`${chunk.repeat(20)}0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(answers.join('').match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  /** Begins a stream that is longer than every buffer on the way. */
  async function longStream() {
    const upstream = new PacedUpstream();
    const world = await open((app, router) => app.use(router), { wrap: (litellm) => ({ ...litellm, chat: upstream }) });
    const reply = await world.send('/api/v1/api-keys', { method: 'POST', headers: alice, body: '{"name":"a"}' });
    const { key } = created.parse(await reply.json());
    const big = delta('x'.repeat(1_000_000));
    for (let index = 0; index < 50; index++) upstream.push(big);
    upstream.end();
    const response = await world.send('/v1/chat/completions', {
      method: 'POST',
      headers: { ...alice, authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'gpt-a', stream: true, messages: [{ role: 'user', content: 'a' }] }),
    });
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    return { ...world, upstream, response, length: 50 * big.length };
  }

  test('a stream goes no faster than its reader', async () => {
    const { upstream, response, length } = await longStream();
    expect(upstream.asked).toBeLessThan(50);
    expect((await response.text()).length).toBe(length);
  });

  test('a caller who goes away while a stream waits for it ends the call', async () => {
    const { upstream, response, nextEvent, events } = await longStream();
    await response.body?.cancel();
    await upstream.aborted;
    await nextEvent();
    expect(events).toMatchObject([{ outcome: 'aborted' }]);
  });
});
