import { randomUUID } from 'node:crypto';
import { type ApiKeySecret, type GatewayFailureKind, generateSecret, type MirrorKey } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatCall, failed, never, succeeded, textOf } from '../helpers/gateway.ts';
import { mirrorKey, unlimitedKey } from '../helpers/keys.ts';
import { type OpenedProxy, proxies } from '../helpers/proxies.ts';

describe.each(proxies)('chat through $name', ({ open, version }) => {
  let proxy: OpenedProxy;
  beforeAll(async () => {
    proxy = await open();
  });
  afterAll(() => proxy.close());

  async function aKey(change: Partial<MirrorKey> = {}): Promise<ApiKeySecret> {
    const secret = generateSecret();
    const key = { ...unlimitedKey(), keyHash: secret.hash, alias: randomUUID(), models: ['fake-priced'], ...change };
    await proxy.litellm.mirror.createKey(key, secret, never);
    return secret;
  }

  const say = (credential: ApiKeySecret, content: string, more: object = {}) => {
    const body = { model: 'fake-priced', max_tokens: 50, messages: [{ role: 'user', content }], ...more };
    return proxy.litellm.chat.send(chatCall({ credential, body }), never);
  };
  const kindOf = async (credential: ApiKeySecret, content: string, more: object = {}) =>
    failed(await say(credential, content, more)).kind;

  test('a call is served, its cost exact', async () => {
    const answer = succeeded(await say(await aKey(), 'one two three'));
    expect(answer).toMatchObject({ status: 200, streamed: false, costNano: 11_000_000n });
    expect(answer.upstreamCallId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers).toEqual({ 'content-type': 'application/json' });
    expect(JSON.parse(await textOf(answer.body))).toMatchObject({ usage: { prompt_tokens: 3, completion_tokens: 4 } });
  });

  test('a stream is served', async () => {
    const answer = succeeded(await say(await aKey(), 'one two', { stream: true }));
    expect(answer).toMatchObject({ streamed: true, costNano: null });
    expect(await textOf(answer.body)).toMatch(/data: \[DONE\]/);
  });

  test('a stream that the provider cuts ends in an error that is read, from 1.104 on', async () => {
    const answer = succeeded(await say(await aKey(), '!cut a b c d', { stream: true }));
    const events = (await textOf(answer.body)).matchAll(/^data: (\{"error".*)$/gm);
    const errors = [...events].map(([, json = '']) => proxy.litellm.chat.readStreamError(JSON.parse(json).error));
    expect(errors).toHaveLength(version === '1.81.12' ? 0 : 1);
    for (const error of errors) expect(error).toMatchObject({ kind: 'upstream_error', status: 500 });
  });

  test.each<[number, GatewayFailureKind]>([
    [400, 'invalid_request'],
    [401, 'upstream_auth'],
    [402, 'upstream_error'],
    [403, 'upstream_auth'],
    [404, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_error'],
    [502, 'upstream_error'],
    [503, 'upstream_error'],
  ])('a provider that answers %i is %s', async (status, kind) => {
    const failure = failed(await say(await aKey(), `!status=${status} x`));
    expect(failure).toMatchObject({ kind, status });
    expect(failure.message).toMatch(/^litellm\./);
  });

  test("a provider's wait is told where the version passes it", async () => {
    const failure = failed(await say(await aKey(), '!status=429 !retry=7 x'));
    expect(failure.retryAfterSeconds).toBe(version === '1.81.12' ? null : 7);
  });

  test('a key that is unknown, blocked, deleted, expired, or not allowed the model', async () => {
    expect(await kindOf(generateSecret(), 'x')).toBe('key_unknown');
    const secret = await aKey();
    succeeded(await say(secret, 'x'));
    expect(await kindOf(secret, 'x', { model: 'fake-gpt' })).toBe('model_denied');
    await proxy.litellm.mirror.blockKey(secret.hash, never);
    expect(await kindOf(secret, 'x')).toBe('key_blocked');
    await proxy.litellm.mirror.deleteKey(secret.hash, never);
    expect(await kindOf(secret, 'x')).toBe('key_unknown');
    const short = await aKey({ expiresAt: new Date() });
    await expect.poll(async () => (await say(short, 'x')).ok, { timeout: 5_000, interval: 200 }).toBe(false);
    expect(await kindOf(short, 'x')).toBe('key_expired');
  });

  test('a key over its budget, and over its rate', async () => {
    const poor = await aKey({ maxBudget: 1n });
    await say(poor, 'one two three');
    await expect.poll(async () => (await say(poor, 'x')).ok, { timeout: 5_000, interval: 200 }).toBe(false);
    expect(await kindOf(poor, 'x')).toBe('budget_exceeded');
    const slow = await aKey({ rpmLimit: 1 });
    succeeded(await say(slow, 'x'));
    expect(failed(await say(slow, 'x'))).toMatchObject({ kind: 'rate_limited', status: 429, retryAfterSeconds: 60 });
  });

  test('LiteLLM is ready', async () => {
    await expect(proxy.litellm.check(never)).resolves.toBeUndefined();
  });

  test('a key as it was made is a key as it is found', async () => {
    const secret = generateSecret();
    const key = {
      ...mirrorKey({ liteLlmTeamId: null, expiresAt: new Date(Date.now() + 60_000) }),
      alias: randomUUID(),
    };
    await proxy.litellm.mirror.createKey(key, secret, never);
    const list = await proxy.client.keys.list({ key_alias: key.alias });
    expect(list.keys.map((row) => row.token)).toEqual([secret.hash]);
    expect((await proxy.client.keys.list({ key_alias: key.alias.slice(0, 8) })).keys).toEqual([]);
  });
});
