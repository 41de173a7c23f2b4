import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, until } from './support/management.ts';
import { runServer, type Server, startServer } from './support/run-server.ts';

describe('with a data folder', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-portal-'));
  const env = { KEYWRIGHT_DATA_DIR: folder };
  let server: Server;
  let created = { id: '', key: '' };

  beforeAll(async () => {
    server = await startServer(env);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const chat = () =>
    new OpenAI({ baseURL: `${server.url}/v1`, apiKey: created.key, maxRetries: 0 }).chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello' }],
    });

  test('a second server on the same folder is refused in one line that says what to do', async () => {
    const { code, stdout, stderr } = await runServer(env);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/open in process \d+.*set DATABASE_URL/);
  });

  test('a port that is taken is refused in one line that says what to do', async () => {
    const { code, stderr } = await runServer({ DATABASE_URL: 'memory', PORT: new URL(server.url).port });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^PORT: \d+ on 127\.0\.0\.1 is taken by another program.*PORT=0\n$/);
  });

  const direct = () => fetch(`${server.liteLlmUrl}/v1/models`, { headers: { authorization: `Bearer ${created.key}` } });

  test('keys and usage survive a restart, after a stop as well as after a kill', async () => {
    created = (await call(server, 'Alice', 'POST', '/api/v1/api-keys', { name: 'laptop', rpmLimit: 50 })).body;
    for (const stop of ['SIGTERM', 'SIGKILL'] as const) {
      expect((await chat()).choices[0]?.message.content).toBe('echo: Hello');
      server.signal(stop);
      expect((await server.ended).code).toBe(stop === 'SIGTERM' ? 0 : null);
      server = await startServer(env);
      expect((await direct()).status).toBe(200);
    }
    expect((await chat()).choices[0]?.message.content).toBe('echo: Hello');
    const path = `/api/v1/api-keys/${created.id}`;
    const changed = await call(server, 'Alice', 'PATCH', path, { rpmLimit: 70 });
    expect(changed.body).toMatchObject({ rpmLimit: 70, status: 'active', syncStatus: 'synced', syncError: null });
    const usage = await until(
      () => call(server, 'Alice', 'GET', `${path}/usage`),
      (answer) => answer.body.totals.requests >= 2,
    );
    expect(usage.body.totals.requests).toBeLessThanOrEqual(3); // the call before the kill may not have been written yet
    const subscriptions = await call(server, 'Alice', 'GET', '/api/v1/subscriptions');
    expect(subscriptions.body.data).toHaveLength(1);
  });

  test('a key of an earlier start can be deleted, and stays deleted after the next', async () => {
    expect((await call(server, 'Alice', 'DELETE', `/api/v1/api-keys/${created.id}`)).status).toBe(200);
    expect((await server.stop()).code).toBe(0);
    server = await startServer(env);
    await expect(chat()).rejects.toMatchObject({ status: 401 });
    expect((await direct()).status).toBe(401);
  });

  test('the two signals of one Ctrl-C (terminal and launcher) are one wish to stop', async () => {
    server.signal('SIGINT');
    server.signal('SIGINT');
    expect((await server.ended).code).toBe(0);
    server = await startServer(env);
  });
});
