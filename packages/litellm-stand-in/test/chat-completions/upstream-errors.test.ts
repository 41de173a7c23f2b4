import { expect, it } from 'vitest';
import { bench } from '../support/client.ts';

it.each([
  ['C64', 401, 'authentication_error', 'litellm.AuthenticationError'],
  ['C77', 403, 'permission_error', 'litellm.APIError'],
  ['C76', 429, 'throttling_error', 'litellm.RateLimitError'],
  ['C78', 500, 'internal_server_error', 'litellm.InternalServerError'],
  ['C78', 502, 'internal_server_error', 'litellm.BadGatewayError'],
  ['C78', 503, 'internal_server_error', 'litellm.ServiceUnavailableError'],
  ['C78', 504, 'internal_server_error', 'litellm.Timeout'],
  ['section 3.4', 402, 'invalid_request_error', 'litellm.APIError'],
])('%s an upstream %i is of type %s and starts with %s', async (_, code, type, prefix) => {
  const { chat, newKey, standIn } = bench();
  const { status, body } = await chat(await newKey(), `!status=${code}`);
  expect(status).toBe(code);
  expect(body.error).toMatchObject({ type, code: String(code) });
  expect(body.error.message).toMatch(new RegExp(`^${prefix}`));
  expect(standIn.keys()[0]?.spend).toBe(0);
});

it('C76 the wait of the provider is only in llm_provider-retry-after', async () => {
  const { chat, newKey } = bench();
  const { headers } = await chat(await newKey(), '!status=429 !retry=7');
  expect([headers.get('llm_provider-retry-after'), headers.get('retry-after')]).toEqual(['7', null]);
});

it('errors of the upstream carry no release, and its 401 carries no header of LiteLLM at all', async () => {
  const { chat, newKey } = bench();
  const key = await newKey();
  const names = ({ headers }: { headers: Headers }) => [...headers.keys()].filter((name) => name.startsWith('x-'));
  expect(names(await chat(key, '!status=500'))).toContain('x-litellm-call-id');
  expect(names(await chat(key, '!status=500'))).not.toContain('x-litellm-version');
  expect(names(await chat(key, '!status=401'))).toEqual([]);
});

it('C80 an unknown model is 400 for whoever may use all models', async () => {
  const { chat, standIn } = bench();
  const { status, body } = await chat(standIn.masterKey, 'hi', { model: 'nope' });
  expect([status, body.error.type]).toEqual([400, 'invalid_request_error']);
  expect(body.error.message).toMatch(/^\/chat\/completions: Invalid model name passed in model=nope/);
});

it('a chat without messages is 400 and does not keep its place in the limits', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey({ max_parallel_requests: 1 });
  expect((await send('POST /chat/completions', { model: 'priced' }, { key })).status).toBe(400);
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('C56 the code of every error is its status as a string', async () => {
  const { chat, newKey, send } = bench();
  const answers = [
    await chat(null, 'hi'),
    await chat(await newKey(), '!status=500'),
    await send('GET /key/info?key=x'),
  ];
  for (const { status, body } of answers) expect(body.error.code).toBe(String(status));
});
