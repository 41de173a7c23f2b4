import { spawnSync } from 'node:child_process';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, until } from './support/management.ts';
import { type Server, startServer } from './support/run-server.ts';

const hello = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello' }] };

describe('a first visit', { timeout: 60_000 }, () => {
  let server: Server;
  let created = { id: '', key: '' };

  beforeAll(async () => {
    server = await startServer({ DATABASE_URL: 'memory' });
  }, 120_000);
  afterAll(async () => {
    expect((await server.stop()).code).toBe(0);
  }, 60_000);

  const client = () => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: created.key, maxRetries: 0 });

  test('the start prints a sign-in link for each demo user and two curl lines', () => {
    expect(Object.keys(server.tokens)).toEqual(['Alice', 'Bob', 'Carol', 'Dana', 'Olga']);
    expect(server.stdout().match(/curl/g)).toHaveLength(2);
  });

  test('the line that creates a key sets KEY, and shows why when it cannot', async ({ skip }) => {
    const line = /^ {2}(KEY=.*)$/m.exec(server.stdout())?.[1] ?? '';
    const shell = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    if (shell('command -v curl').status !== 0) skip('there is no curl');
    const good = shell(`${line.replace('first key', 'from curl')}; printf %s "$KEY"`);
    expect({ ...good, stdout: good.stdout.slice(0, 6) }).toMatchObject({ stdout: 'sk-kw_', stderr: '' });
    const bad = shell(`${line.replace('Bearer ', 'Bearer x')}; printf %s "$KEY"`);
    expect(bad).toMatchObject({ stdout: '', stderr: expect.stringContaining('401') });
    const { body } = await call(server, 'Alice', 'GET', '/api/v1/api-keys');
    for (const { id } of body.data) await call(server, 'Alice', 'DELETE', `/api/v1/api-keys/${id}`);
  });

  test('the page comes with its files, from this server alone, under a strict policy', async () => {
    const page = await fetch(`${server.url}/`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    const html = await page.text();
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const files = [...html.matchAll(/(?:src|href)="([\w.-]+)"/g)].map(([, file]) => file);
    expect(files).toContain('app.js');
    const script = await (await fetch(`${server.url}/app.js`)).text();
    const modules = [...script.matchAll(/from '\.\/([\w.-]+)'/g)].map(([, file]) => file);
    expect(modules.length).toBeGreaterThan(4);
    for (const file of [...files, ...modules]) expect((await fetch(`${server.url}/${file}`)).status).toBe(200);
  });

  test('/docs shows Swagger UI from this server, and /openapi.json is what it shows', async () => {
    const docs = await (await fetch(`${server.url}/docs`)).text();
    for (const [, file] of docs.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await fetch(`${server.url}${file}`)).status).toBe(200);
    }
    expect((await (await fetch(`${server.url}/openapi.json`)).text()).slice(0, 20)).toContain('"openapi":"3.1');
  });

  test('a link signs in; a wrong token does not', async () => {
    expect((await call(server, 'Alice', 'GET', '/portal/me')).body).toEqual({
      tenantId: 'acme',
      userId: 'alice',
      name: 'Alice',
      roles: ['user'],
    });
    expect((await call(server, 'Nobody', 'GET', '/portal/me')).status).toBe(401);
    expect((await call(server, 'Nobody', 'GET', '/api/v1/api-keys')).status).toBe(401);
  });

  test('every demo user has a default subscription with every model', async () => {
    for (const user of Object.keys(server.tokens)) {
      const { body } = await call(server, user, 'GET', '/api/v1/subscriptions');
      expect(body.data).toMatchObject([{ isDefault: true, status: 'active' }]);
      expect(body.data[0].models).toContain('gpt-4o-mini');
    }
  });

  test('a key is created with its secret, shown once', async () => {
    const { status, body } = await call(server, 'Alice', 'POST', '/api/v1/api-keys', { name: 'laptop' });
    expect(status).toBe(201);
    created = body;
    const again = await call(server, 'Alice', 'GET', `/api/v1/api-keys/${body.id}`);
    expect(JSON.stringify(again.body)).not.toContain(body.key);
  });

  test('the openai package calls a model with it, whole and as a stream', async () => {
    const whole = await client().chat.completions.create(hello);
    expect(whole.choices[0]?.message.content).toBe('echo: Hello');
    let text = '';
    for await (const chunk of await client().chat.completions.create({ ...hello, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('echo: Hello');
    expect((await client().models.list()).data.map(({ id }) => id)).toContain('gpt-4o-mini');
  });

  test('the usage is visible, to the owner and in the metrics', async () => {
    const { body } = await until(
      () => call(server, 'Alice', 'GET', `/api/v1/api-keys/${created.id}/usage`),
      (answer) => answer.body.totals.requests === 2,
    );
    expect(body.totals).toMatchObject({ requests: 2, inputTokens: 2, outputTokens: 4 });
    expect(body.series).toHaveLength(1);
    expect((await call(server, 'Bob', 'GET', '/api/v1/usage')).body.totals.requests).toBe(0);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^keywright_verify_total\{result="ok"\} \d/m);
  });

  test("the admin sees the tenant's keys, another tenant's user sees none", async () => {
    const seen = await call(server, 'Dana', 'GET', '/api/v1/admin/api-keys');
    expect(seen.body.data).toMatchObject([{ name: 'laptop', userId: 'alice' }]);
    expect((await call(server, 'Alice', 'GET', '/api/v1/admin/api-keys')).status).toBe(403);
    expect((await call(server, 'Carol', 'GET', `/api/v1/api-keys/${created.id}`)).status).toBe(404);
  });

  test('deleted, it is refused here and by LiteLLM', async () => {
    const direct = () =>
      fetch(`${server.liteLlmUrl}/v1/models`, { headers: { authorization: `Bearer ${created.key}` } });
    expect((await direct()).status).toBe(200);
    expect((await call(server, 'Alice', 'DELETE', `/api/v1/api-keys/${created.id}`)).status).toBe(200);
    await expect(client().chat.completions.create(hello)).rejects.toMatchObject({ status: 401 });
    expect((await direct()).status).toBe(401);
  });

  test('unknown pages are 404, and no answer holds a stack trace', async () => {
    for (const path of ['/nothing', '/%', '/..%2f..%2fpackage.json', '/docs/package.json', '/api/v1/nothing']) {
      const response = await fetch(`${server.url}${path}`);
      expect([400, 404]).toContain(response.status);
      expect(await response.text()).not.toMatch(/\bat .*\.(ts|js):/);
    }
  });

  test('no secret and no token ever reached the log', () => {
    expect(server.stderr()).not.toContain('sk-kw_');
    for (const token of Object.values(server.tokens)) expect(server.stderr()).not.toContain(token);
  });
});
