import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

it('C63 no key and a malformed key are 401 with texts of their own', async () => {
  const { chat } = bench();
  const none = await chat(null, 'hi');
  expect(none.status).toBe(401);
  expect(none.body.error).toEqual({
    message: 'Authentication Error, No api key passed in.',
    type: 'auth_error',
    param: null,
    code: '401',
  });
  const malformed = await chat('my-own-long-key', 'hi');
  expect(malformed.status).toBe(401);
  expect(malformed.body.error.message).toBe(
    "LiteLLM Virtual Key expected. Received=my-o****-key, expected to start with 'sk-'.",
  );
});

it('C65 a key in x-litellm-api-key, x-api-key or api-key counts like Authorization', async () => {
  const { send, newKey } = bench();
  const secret = await newKey();
  for (const name of ['x-litellm-api-key', 'x-api-key', 'api-key']) {
    expect((await send('GET /v1/models', undefined, { key: null, headers: { [name]: secret } })).status).toBe(200);
  }
});

it('C79 no 401 carries www-authenticate or retry-after', async () => {
  const { headers } = await bench().chat(null, 'hi');
  expect([headers.get('www-authenticate'), headers.get('retry-after')]).toEqual([null, null]);
});

it('the master key may do everything, and is nowhere in what is kept', async () => {
  const { send, standIn } = bench();
  await send('GET /key/list?size=1');
  expect(standIn.calls).toMatchObject([
    { method: 'GET', path: '/key/list', fields: ['size'], keyHash: sha256(standIn.masterKey), status: 200 },
  ]);
  expect(JSON.stringify(standIn.calls)).not.toContain(standIn.masterKey);
});

it('an unknown path is 404 and a wrong method 405, in the form of the framework', async () => {
  const { send } = bench();
  expect(await send('GET /no/such/path')).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
  expect(await send('GET /key/generate')).toMatchObject({ status: 405, body: { detail: 'Method Not Allowed' } });
});

it('C68 health needs no key', async () => {
  const { send } = bench();
  expect((await send('GET /health/readiness', undefined, { key: null })).body).toEqual({
    status: 'healthy',
    db: 'connected',
  });
  for (const path of ['liveliness', 'liveness']) {
    expect((await send(`GET /health/${path}`, undefined, { key: null })).body).toBe("I'm alive!");
  }
});

it('C69 /openapi.json carries the release of the model calls, and the paths', async () => {
  const { send, chat, newKey } = bench();
  const { body } = await send('GET /openapi.json', undefined, { key: null });
  const { headers } = await chat(await newKey(), 'hi');
  expect(body.info.version).toBe(headers.get('x-litellm-version'));
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/key/generate', '/key/list', '/user/new', '/v1/chat/completions', '/v1/model/info']),
  );
  expect(body.paths['/key/generate'].post.requestBody).toBeDefined();
});

it('a stand-in refuses options that it cannot use', () => {
  expect(() => bench({ masterKey: 'master' })).toThrow(/sk-/);
  expect(() => bench({ version: '1.0.0' as '1.109.1' })).toThrow(/1\.109\.1/);
  const fractional = { name: 'm', inputCostPerToken: 0.00000000005, outputCostPerToken: 0 };
  expect(() => bench({ models: [fractional] })).toThrow(/nano-USD/);
});
