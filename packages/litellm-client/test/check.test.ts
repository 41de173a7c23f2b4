import { expect, test } from 'vitest';
import { never, open } from './helpers/gateway.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

async function check(status: number, body: unknown) {
  const server = await startLocalServer((_, response) => sendJson(response, status, body));
  return open({ baseUrl: server.url, retries: 0 }).check(never);
}

test.each([
  ['1.81.12', { status: 'connected', db: 'connected', cache: null, litellm_version: '1.81.12', success_callbacks: [] }],
  ['1.92.2 and later', { status: 'healthy', db: 'connected' }],
])('LiteLLM %s is ready', async (_, body) => {
  await expect(check(200, body)).resolves.toBeUndefined();
});

test.each([
  ['without a database', 200, { status: 'healthy', db: 'Not connected' }],
  ['of another shape', 200, { ok: true }],
  ['that says nothing of its database', 200, { status: 'healthy' }],
  ['whose database is down', 503, { error: { message: 'Service Unhealthy', type: 'x', code: '503' } }],
])('LiteLLM %s is gateway_unavailable', async (_, status, body) => {
  await expect(check(status, body)).rejects.toMatchObject({ code: 'gateway_unavailable' });
});
