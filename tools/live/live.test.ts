import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { baseUrl, type LiveServer, masterKey, startServer, tenantId, version } from './server.ts';

const model = 'fake-priced'; // 0.001 USD per word in, 0.002 per word out
const createdKey = z.looseObject({ id: z.string(), key: z.string(), keyPrefix: z.string(), syncStatus: z.string() });
const withId = z.looseObject({ id: z.string() });

let server: LiveServer;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.close());

const openai = (apiKey: string, url = server.url) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'one two three' }];

async function aKey(fields: object = {}) {
  const subscription = await server.call('dana', 'POST', '/api/v1/admin/subscriptions', {
    userId: 'alice',
    models: [model, 'fake-gpt'],
  });
  expect(subscription.status).toBe(201);
  const { id: subscriptionId } = withId.parse(subscription.body);
  const created = await server.call('alice', 'POST', '/api/v1/api-keys', { name: 'live', subscriptionId, ...fields });
  expect(created.status).toBe(201);
  return createdKey.parse(created.body);
}

/** LiteLLM's own word on a key. */
async function inLiteLlm(hash: string): Promise<unknown> {
  const response = await fetch(`${baseUrl}/key/info?key=${hash}`, {
    headers: { authorization: `Bearer ${masterKey}` },
  });
  return response.ok ? z.looseObject({ info: z.unknown() }).parse(await response.json()).info : response.status;
}

async function hashOf(secret: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(secret))).toString('hex');
}

async function usageOf(id: string): Promise<unknown> {
  return (await server.call('alice', 'GET', `/api/v1/api-keys/${id}/usage`)).body;
}

describe(`LiteLLM ${version}`, () => {
  it('is a real proxy that is ready', async () => {
    const ready = await server.call('nobody', 'GET', '/readyz');
    expect(ready).toMatchObject({ status: 200, body: { database: 'up', litellm: 'up' } });
  });

  it('holds a created key with its owner, models and limits', async () => {
    const key = await aKey({
      maxBudget: '5',
      rpmLimit: 60,
      tpmLimit: 10_000,
      models: [model],
      expiresAt: '2099-01-01T00:00:00Z',
    });
    expect(key.syncStatus).toBe('synced');
    expect(await inLiteLlm(await hashOf(key.key))).toMatchObject({
      user_id: `keywright/${tenantId}/alice`,
      models: [model],
      max_budget: 5,
      rpm_limit: 60,
      tpm_limit: 10_000,
      metadata: { managed_by: 'keywright', tenant_id: tenantId, key_id: key.id },
    });
  });

  it('answers through our server and directly, with one secret, until the key is deleted', async () => {
    const { id, key } = await aKey();
    const answer = await openai(key).chat.completions.create({ model, messages, max_tokens: 50 });
    expect(answer.choices[0]?.message.content).toBe('echo: one two three');
    expect(answer.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4 });

    const stream = await openai(key).chat.completions.create({ model, messages, max_tokens: 50, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('echo: one two three');

    const direct = await openai(key, baseUrl).chat.completions.create({ model, messages, max_tokens: 50 });
    expect(direct.choices[0]?.message.content).toBe('echo: one two three');

    // 3 words in and 4 out, twice; the direct call passed us by
    await expect
      .poll(() => usageOf(id), { timeout: 10_000 })
      .toMatchObject({
        totals: { requests: 2, inputTokens: 6, outputTokens: 8, cost: '0.022' },
      });

    expect((await server.call('alice', 'DELETE', `/api/v1/api-keys/${id}`)).status).toBe(200);
    await expect(openai(key).chat.completions.create({ model, messages })).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    });
    await expect(openai(key, baseUrl).chat.completions.create({ model, messages })).rejects.toMatchObject({
      status: 401,
    });
    expect((await server.call('alice', 'GET', `/api/v1/api-keys/${id}`)).status).toBe(404);
  });

  it('follows a change, and a null as a null', async () => {
    const { id, key } = await aKey({ rpmLimit: 60, maxBudget: '5' });
    const changed = await server.call('alice', 'PATCH', `/api/v1/api-keys/${id}`, {
      rpmLimit: null,
      maxBudget: null,
      tpmLimit: 0,
      models: ['fake-gpt'],
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { rpmLimit: null, maxBudget: null, tpmLimit: 0, syncStatus: 'synced' },
    });
    expect(await inLiteLlm(await hashOf(key))).toMatchObject({
      rpm_limit: null,
      max_budget: null,
      tpm_limit: 0,
      models: ['fake-gpt'],
    });
  });

  it('refuses a model that was taken from the subscription, through us and directly', async () => {
    const subscription = await server.call('dana', 'POST', '/api/v1/admin/subscriptions', {
      userId: 'alice',
      models: [model, 'fake-gpt'],
    });
    const { id: subscriptionId } = withId.parse(subscription.body);
    const created = await server.call('alice', 'POST', '/api/v1/api-keys', { name: 'narrowed', subscriptionId });
    const { key } = createdKey.parse(created.body);
    await server.call('dana', 'PATCH', `/api/v1/admin/subscriptions/${subscriptionId}`, { models: ['fake-gpt'] });
    await expect(openai(key).chat.completions.create({ model, messages })).rejects.toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    });
    const hash = await hashOf(key);
    await expect.poll(() => inLiteLlm(hash), { timeout: 20_000 }).toMatchObject({ models: ['fake-gpt'] });
  });

  it.each([
    ['!status=429 !retry=7', 429, 'upstream_rate_limited'],
    ['!status=401', 502, 'upstream_error'],
    ['!status=403', 502, 'upstream_error'],
    ['!status=500', 502, 'upstream_error'],
    ['!status=400', 400, undefined],
  ])("tells %s of the provider as %i %s, and never as the key's fault", async (content, status, code) => {
    const { key } = await aKey();
    const call = openai(key).chat.completions.create({ model, max_tokens: 50, messages: [{ role: 'user', content }] });
    await expect(call).rejects.toMatchObject(code === undefined ? { status } : { status, code });
  });

  it('refuses beyond the budget in our words, without its figures', async () => {
    const { key } = await aKey({ maxBudget: '0.01' });
    const refusal = () =>
      openai(key)
        .chat.completions.create({ model, messages, max_tokens: 4 })
        .then(
          () => undefined,
          (error: { status: number; message: string }) => ({ status: error.status, message: error.message }),
        );
    await expect.poll(refusal, { timeout: 20_000, interval: 500 }).toMatchObject({ status: 429 });
    expect((await refusal())?.message).not.toMatch(/Current cost|Max budget|sk-/);
  });

  it('lists the models that a key may use, and embeds', async () => {
    const { key } = await aKey();
    const models = await openai(key).models.list();
    expect(models.data.map(({ id }) => id).sort()).toEqual(['fake-gpt', model].sort());
  });
});
