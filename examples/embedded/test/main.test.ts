import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('the quick start is at most twelve lines', () => {
  const source = readFileSync(main, 'utf8');
  const lines = /#region quick-start\n([\s\S]*?)\n\/\/ #endregion/.exec(source)?.[1]?.split('\n') ?? [];
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.length).toBeLessThanOrEqual(12);
});

describe('the example', { timeout: 60_000 }, () => {
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
    child.kill('SIGTERM');
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
