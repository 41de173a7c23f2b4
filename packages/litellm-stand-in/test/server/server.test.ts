import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import { type RunningStandIn, startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { type Json, pricedModel, request } from '../support/client.ts';
import { eventReader } from '../support/stream.ts';

let running: RunningStandIn | undefined;
afterEach(() => running?.close());

async function start(): Promise<RunningStandIn> {
  running = await startLiteLlmStandIn({ models: [pricedModel] });
  return running;
}

function send(server: RunningStandIn, route: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const plain = request(server.standIn, route, body, signal ? { signal } : {});
  return fetch(plain.url.replace('http://litellm.test', server.url), plain);
}

function openStream(server: RunningStandIn, content: string, signal?: AbortSignal): Promise<Response> {
  const body = { model: 'priced', stream: true, messages: [{ role: 'user', content }] };
  return send(server, 'POST /v1/chat/completions', body, signal);
}

it('a server on a free port answers like the core behind it', async () => {
  const server = await start();
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  const made: Json = await (await send(server, 'POST /key/generate', { key_alias: 'a' })).json();
  expect(server.standIn.keys()).toMatchObject([{ token: made.token, alias: 'a' }]);
});

it('a stream arrives word by word and whole', async () => {
  const text = await (await openStream(await start(), 'hi')).text();
  expect(text).toContain('"content":"echo:"');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

it('a client that leaves a stream pays for what was sent', async () => {
  const server = await start();
  const { standIn, url } = server;
  const made: Json = await (await send(server, 'POST /key/generate', { max_parallel_requests: 1 })).json();
  const leaving = new AbortController();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.key}` },
    body: JSON.stringify({
      model: 'priced',
      stream: true,
      messages: [{ role: 'user', content: '!tokens=9 !stall=3' }],
    }),
    signal: leaving.signal,
  });
  const reader = eventReader(response);
  let text = '';
  while (!text.includes('w2')) text += (await reader.read()).value ?? '';
  leaving.abort();
  await expect.poll(() => standIn.keys()[0]?.spendNano).toBe(2_000_000n + 3n * 2_000_000n);
});

it('a dropped request breaks its connection, with the work done', async () => {
  const server = await start();
  server.standIn.faults.add({ route: 'POST /key/generate', kind: 'drop' });
  await expect(send(server, 'POST /key/generate', {})).rejects.toThrow(TypeError);
  expect(server.standIn.keys()).toHaveLength(1);
});

it('late-commit does the work after the client has closed its socket', async () => {
  const server = await start();
  const fault = server.standIn.faults.add({ route: 'POST /key/generate', kind: 'late-commit' });
  const leaving = new AbortController();
  const refused = expect(send(server, 'POST /key/generate', {}, leaving.signal)).rejects.toThrow();
  await fault.reached;
  leaving.abort();
  await refused;
  await fault.release();
  expect(server.standIn.keys()).toHaveLength(1);
});

it('a server that is down cuts open streams and refuses new ones, until it is up', async () => {
  const server = await start();
  const reader = eventReader(await openStream(server, '!stall=0'));
  await reader.read();
  const cut = expect(reader.read()).rejects.toThrow();
  server.standIn.down();
  await cut;
  await expect(send(server, 'GET /key/list')).rejects.toThrow(TypeError);
  server.standIn.up();
  expect((await send(server, 'GET /key/list')).status).toBe(200);
});

it('close ends what hangs, may be called twice, and leaves the stand-in to look at', async () => {
  const server = await start();
  await send(server, 'POST /key/generate', {});
  const fault = server.standIn.faults.add({ route: 'GET /key/list', kind: 'hang' });
  const hanging = expect(send(server, 'GET /key/list')).rejects.toThrow();
  await fault.reached;
  await server.close();
  await server.close();
  await hanging;
  expect(server.standIn.keys()).toHaveLength(1);
});

it('keys, blocks and spend outlive the process in a state file, which holds no secret', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const stateFile = path.join(folder, 'state');
  const first = await startLiteLlmStandIn({ models: [pricedModel], stateFile });
  const made: Json = await (
    await send(first, 'POST /key/generate', { key_alias: 'a', key: 'sk-a-key-that-outlives' })
  ).json();
  await send(first, 'POST /key/block', { key: made.token });
  const before = first.standIn.keys();
  // no orderly end: the file was written before the answer
  const second = await startLiteLlmStandIn({ models: [pricedModel], stateFile });
  expect(second.standIn.keys()).toEqual(before);
  expect(readFileSync(stateFile).includes('sk-a-key-that-outlives')).toBe(false);
  await Promise.all([first.close(), second.close()]);
});

it('teams, users, budgets and logs outlive the process, too, and keys stay found by their team', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const stateFile = path.join(folder, 'state');
  const first = await startLiteLlmStandIn({ models: [pricedModel], stateFile });
  await send(first, 'POST /team/new', { team_id: 't' });
  await send(first, 'POST /budget/new', { budget_id: 'b' });
  await send(first, 'POST /customer/new', { user_id: 'c' });
  const made: Json = await (await send(first, 'POST /key/generate', { team_id: 't', user_id: 'ann' })).json();
  await (await openStream(first, 'hi')).text();
  const second = await startLiteLlmStandIn({ models: [pricedModel], stateFile });
  const read = async (route: string): Promise<Json> => (await send(second, route)).json();
  expect((await read('GET /team/info?team_id=t')).keys).toMatchObject([{ token: made.token }]);
  expect((await read('GET /budget/list'))[0].budget_id).toBe('b');
  expect((await read('GET /customer/list'))[0].user_id).toBe('c');
  expect((await read('GET /key/list?user_id=ann')).keys).toEqual([made.token]);
  await Promise.all([first.close(), second.close()]);
});

it('a state file of an older stand-in is read, with what came later filled in', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const stateFile = path.join(folder, 'state');
  const [token, at] = ['a'.repeat(64), new Date(0)];
  const key = {
    token,
    keyName: 'sk-...aaaa',
    keyType: 'default',
    fields: {
      key_alias: 'old',
      models: [],
      user_id: 'ann',
      team_id: null,
      max_budget: null,
      metadata: {},
      allowed_routes: [],
    },
    spend: 5n,
    softBudget: null,
    blocked: null,
    expires: null,
    budgetResetAt: null,
    lastActive: null,
    createdAt: at,
    updatedAt: at,
    createdBy: 'default_user_id',
    updatedBy: 'default_user_id',
  };
  const ann = { userId: 'ann', fields: { models: [] }, spend: 0n, createdAt: at, updatedAt: at };
  const state = {
    keys: new Map([[token, key]]),
    deletedKeys: new Map(),
    cachedKeys: new Map(),
    users: new Map([['ann', ann]]),
  };
  writeFileSync(stateFile, serialize({ form: 'litellm-stand-in/1', state }));
  running = await startLiteLlmStandIn({ models: [pricedModel], stateFile });
  const info: Json = await (await send(running, `GET /key/info?key=${token}`)).json();
  expect(info.info).toMatchObject({ key_alias: 'old', budget_limits: null, total_spend: 5e-9 });
  const user: Json = await (await send(running, 'GET /user/info?user_id=ann')).json();
  expect(user).toMatchObject({ user_info: { budget_reset_at: null }, keys: [{ token }], teams: [] });
});

it('control routes answer over a socket while the stand-in is down', async () => {
  const server = await start();
  await send(server, 'POST /stand-in/down');
  await expect(send(server, 'GET /key/list')).rejects.toThrow(TypeError);
  expect((await send(server, 'POST /stand-in/up')).status).toBe(200);
  expect((await send(server, 'GET /key/list')).status).toBe(200);
});

it('a state file of something else is refused by its name', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const stateFile = path.join(folder, 'state');
  writeFileSync(stateFile, '{"some":"json"}');
  await expect(startLiteLlmStandIn({ stateFile })).rejects.toThrow(`${stateFile} was not written by a stand-in`);
});
