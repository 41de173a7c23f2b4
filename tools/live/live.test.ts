import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';

const { LITELLM_BASE_URL = '', LITELLM_MASTER_KEY = '', LITELLM_VERSION = 'unknown' } = process.env;

async function call(method: string, path: string, key: string, body?: unknown) {
  const response = await fetch(LITELLM_BASE_URL + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const chat = (key: string) =>
  call('POST', '/v1/chat/completions', key, {
    model: 'fake-gpt',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'one two three' }],
  });

describe(`LiteLLM ${LITELLM_VERSION}`, () => {
  test('is ready and has a database', async () => {
    const { status, body } = await call('GET', '/health/readiness', LITELLM_MASTER_KEY);
    expect(status).toBe(200);
    expect(body).toMatchObject({ db: 'connected' });
  });

  test('a key can be made, listed, used and deleted, and is refused from then on', async () => {
    const alias = `live-${randomUUID()}`;
    const made = await call('POST', '/key/generate', LITELLM_MASTER_KEY, { key_alias: alias, models: ['fake-gpt'] });
    expect(made.status).toBe(200);
    const { key, token } = made.body as { key: string; token: string };

    const listed = await call('GET', `/key/list?key_alias=${alias}`, LITELLM_MASTER_KEY);
    expect(listed.body).toMatchObject({ keys: [token] });

    const answer = await chat(key);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ usage: { prompt_tokens: 3, completion_tokens: 4 } });

    const deleted = await call('POST', '/key/delete', LITELLM_MASTER_KEY, { keys: [key] });
    expect(deleted.status).toBe(200);
    expect((await chat(key)).status).toBe(401);
    expect((await call('GET', `/key/list?key_alias=${alias}`, LITELLM_MASTER_KEY)).body).toMatchObject({ keys: [] });
  });
});
