import { KeywrightError } from '@keywright/core';
import { callerOf, requireApiKey } from '@keywright/express-adapter';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { actorOf, createWorld } from '../../http-api/test/world.ts';
import { serve } from './express-mount.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const served of opened.splice(0)) await served.close();
});

/** A host with three routes of its own. */
async function open() {
  const world = await createWorld();
  const { keywright } = world;
  const app = express();
  const model = (req: express.Request) => String(req.query.model);
  app.get('/reports', requireApiKey({ keywright, permission: 'reports:read' }), (req, res) => {
    const { tenantId, userId } = callerOf(req);
    res.json({ tenantId, userId });
  });
  app.get('/ask', requireApiKey({ keywright, model }), (req, res) => void res.send(callerOf(req).userId));
  app.get('/open', (req, res) => void res.json(callerOf(req)));
  const served = await serve(app);
  opened.push(served);
  const actor = actorOf('Bearer token-of-alice');
  if (!actor) throw new Error('Alice is not there.');
  const create = async (permissions: string[], more: object = {}) =>
    (await keywright.keys.create(actor, { name: 'a', permissions, ...more })).secret.reveal();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await served.send(path, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  return { ...world, create, get };
}

describe('requireApiKey', () => {
  test('lets a key with the permission through, and tells who calls', async () => {
    const { create, get } = await open();
    const key = await create(['reports:*']);
    const reply = await get('/reports', { authorization: `Bearer ${key}` });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toEqual({ tenantId: 'acme', userId: 'alice' });
    expect((await get('/reports', { 'x-api-key': key })).status).toBe(200);
  });

  test.each<[permissions: string[], headers: Record<string, string>, status: number, code: string]>([
    [['llm:*'], {}, 403, 'permission_denied'],
    [['*'], { 'x-tenant-id': 'globex' }, 403, 'tenant_mismatch'],
    [['*'], { authorization: '' }, 401, 'invalid_api_key'],
    [['*'], { authorization: 'Bearer nonsense' }, 401, 'invalid_api_key'],
    [['*'], { 'x-api-key': 'sk-another' }, 401, 'invalid_api_key'],
  ])('a key with %j and headers %j is %d %s', async (permissions, headers, status, code) => {
    const { create, get } = await open();
    const key = await create(permissions);
    const reply = await get('/reports', { authorization: `Bearer ${key}`, ...headers });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([status, code]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('x-request-id')).toBeTruthy();
  });

  test('checks the model and the address', async () => {
    const { create, get } = await open();
    const headers = { authorization: `Bearer ${await create(['*'])}` };
    expect((await get('/ask?model=gpt-a', headers)).text).toBe('alice');
    expect(JSON.parse((await get('/ask?model=gpt-z', headers)).text).error).toMatchObject({
      code: 'model_not_allowed',
      param: 'model',
    });
    const elsewhere = { authorization: `Bearer ${await create(['*'], { allowedIps: ['198.51.100.7'] })}` };
    const forged = { ...elsewhere, 'x-forwarded-for': '198.51.100.7' };
    expect(JSON.parse((await get('/ask?model=gpt-a', forged)).text).error.code).toBe('ip_not_allowed');
  });

  test('a database that is down is 503, not a refused key', async () => {
    const { storage, create, get } = await open();
    const headers = { authorization: `Bearer ${await create(['*'])}` };
    storage.unscoped.findBySecretHash = () => Promise.reject(new KeywrightError('storage_unavailable', 'down'));
    const reply = await get('/ask?model=gpt-a', headers);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.parse(reply.text).error.code).toBe('gateway_unavailable');
  });

  test('callerOf on a route without it is a mistake of the host, and says so', async () => {
    const { get } = await open();
    const reply = await get('/open');
    expect(reply.status).toBe(500);
    expect(reply.text).toContain('requireApiKey()');
  });
});
