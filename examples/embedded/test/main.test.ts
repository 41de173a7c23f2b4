import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('the quick start is at most twelve lines', () => {
  const source = readFileSync(main, 'utf8');
  const lines = /#region quick-start\n([\s\S]*?)\n\/\/ #endregion/.exec(source)?.[1]?.split('\n') ?? [];
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.length).toBeLessThanOrEqual(12);
});

describe('what the person can put right is one line, and exit code 2', { timeout: 60_000 }, () => {
  const runWith = async (PORT: string) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['--conditions=@keywright/source', main], { env: { PATH, PORT } });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, stderr };
  };

  test('a wrong port', async () => {
    for (const port of ['x', '65536']) {
      const { code, stderr } = await runWith(port);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^PORT: should be [^\n]+\n$/);
    }
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const { code, stderr } = await runWith(`${typeof address === 'object' ? address?.port : ''}`);
    other.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^PORT: \d+ cannot be used \(EADDRINUSE\)[^\n]+\n$/);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('the example, until %s,', { timeout: 60_000 }, (signal) => {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=@keywright/source', main], {
    env: { PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let url = '';

  beforeAll(async () => {
    let text = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      text += chunk;
      url = /listens on (\S+)\n/.exec(text)?.[1] ?? '';
      if (url) break;
    }
    child.stdout.resume();
  }, 60_000);
  afterAll(async () => {
    child.kill(signal);
    expect((await exit)[0]).toBe(0);
  }, 60_000);

  test('creates a key, and serves a model and the route of its own with it', async () => {
    const json = { 'content-type': 'application/json' };
    const create = { method: 'POST', body: '{"name":"first key"}' };
    expect((await fetch(`${url}/api/v1/api-keys`, { ...create, headers: json })).status).toBe(401);
    const created = await fetch(`${url}/api/v1/api-keys`, { ...create, headers: { ...json, 'x-demo-user': 'alice' } });
    expect(created.status).toBe(201);
    const key = /"key":"([^"]+)"/.exec(await created.text())?.[1];
    const headers = { ...json, authorization: `Bearer ${key}` };
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] });
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect(await answer.text()).toContain('echo: Hello');
    expect(await (await fetch(`${url}/reports`, { headers })).json()).toEqual({ for: 'alice' });
    expect((await fetch(`${url}/reports`)).status).toBe(401);
  });
});
