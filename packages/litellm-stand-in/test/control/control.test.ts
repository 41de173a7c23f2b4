import { expect, it } from 'vitest';
import { bench, call48, sha256 } from '../support/client.ts';

it('the control routes take the master key and nothing else', async () => {
  const { send, newKey } = bench();
  const key = await newKey();
  for (const other of [null, key]) {
    expect((await send('GET /stand-in/keys', undefined, { key: other })).status).toBe(401);
  }
  expect((await send('GET /stand-in/keys')).body).toMatchObject([{ token: sha256(key) }]);
});

it('a fault is added, counted, released and removed over HTTP', async () => {
  const { send, standIn } = bench();
  const added = await send('POST /stand-in/faults', { route: 'POST /key/generate', kind: 'late-commit' });
  expect([added.status, added.body]).toEqual([201, { id: '1', hits: 0 }]);
  const lost = expect(send('POST /key/generate', { key_alias: 'late' })).rejects.toThrow(TypeError);
  await expect.poll(async () => (await send('GET /stand-in/faults/1')).body.hits).toBe(1);
  expect(standIn.keyCount).toBe(0);
  await send('POST /stand-in/faults/1/release');
  await lost;
  expect(standIn.keys()).toMatchObject([{ alias: 'late' }]);
  expect((await send('GET /stand-in/faults')).body).toEqual([{ id: '1', hits: 1 }]);
  await send('DELETE /stand-in/faults/1');
  expect((await send('GET /stand-in/faults/1')).status).toBe(404);
});

it.each([
  [{ kind: 'status', status: 503, times: 'Infinity' }, 503],
  [{ kind: 'status', status: 429, headers: { 'retry-after': 1 }, body: { a: 1 } }, 429],
  [{ kind: 'empty-list' }, 200],
  [{ kind: 'latency', ms: 0 }, 200],
  [{ kind: 'stale-auth' }, 200],
])('the fault %j meets the next request', async (fault, status) => {
  const { send } = bench();
  const { body } = await send('POST /stand-in/faults', { route: 'GET /key/list', ...fault });
  expect((await send('GET /key/list')).status).toBe(status);
  expect((await send(`GET /stand-in/faults/${body.id}`)).body.hits).toBe(1);
  expect((await send('DELETE /stand-in/faults')).body).toEqual([]);
  expect((await send('GET /key/list')).status).toBe(200);
});

it.each([
  [{ kind: 'drop' }, /"route"/],
  [{ route: '* *', kind: 'nonsense' }, /"kind" must be one of status, latency, cut, drop/],
  [{ route: '* *', kind: 'status' }, /needs a "status"/],
  [{ route: '* *', kind: 'latency' }, /needs "ms"/],
  [{ route: '* *', kind: 'drop', times: 0 }, /"times" must be a number of at least 1/],
])('the fault %j is refused with what is wrong about it', async (fault, message) => {
  const { status, body } = await bench().send('POST /stand-in/faults', fault);
  expect([status, body.error]).toEqual([400, expect.stringMatching(message)]);
});

it('time is moved forward over HTTP, and only forward', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey({ duration: '30s' });
  const moved = await send('POST /stand-in/clock', { advanceMs: 31_000 });
  expect(moved.body).toEqual({ now: '2026-11-21T10:00:31.000Z' });
  expect((await chat(key, 'hi')).body.error.type).toBe('expired_key');
  for (const body of [{ advanceMs: -1 }, {}]) expect((await send('POST /stand-in/clock', body)).status).toBe(400);
});

it('the stand-in goes down and comes up again over HTTP', async () => {
  const { send } = bench();
  expect((await send('POST /stand-in/down')).body).toEqual({ isDown: true });
  await expect(send('GET /key/list')).rejects.toThrow(TypeError);
  expect((await send('POST /stand-in/up')).body).toEqual({ isDown: false });
  expect((await send('GET /key/list')).status).toBe(200);
});

it('the database is cut and restored over HTTP', async () => {
  const { send } = bench();
  expect((await send('POST /stand-in/database/cut')).body).toEqual({ database: 'cut' });
  expect((await send('GET /key/list')).status).toBe(503);
  expect((await send('POST /stand-in/database/restore')).body).toEqual({ database: 'connected' });
  expect((await send('GET /key/list')).status).toBe(200);
});

it('keys are seeded over HTTP, and refused when they are none', async () => {
  const { send, standIn } = bench();
  const seed = { token: sha256('a'), alias: 'a', createdAt: '2026-01-01T00:00:00Z', spend: 2, blocked: true };
  expect((await send('POST /stand-in/keys', { keys: [seed] })).body).toEqual({ keys: 1 });
  expect(standIn.keys()).toMatchObject([{ alias: 'a', spend: 2, blocked: true, createdAt: new Date(seed.createdAt) }]);
  for (const keys of [[{}], [{ token: 'x' }], 'x']) {
    expect((await send('POST /stand-in/keys', { keys })).status).toBe(400);
  }
});

it('what happened is read over HTTP, without a secret, and a reset forgets it', async () => {
  const { send, newKey, chat, standIn } = bench();
  const key = await newKey();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  await chat(key, call48);
  const { body } = await send('GET /stand-in/calls');
  expect(body.calls.map(({ path }: { path: string }) => path)).toEqual([
    '/key/generate',
    '/user/new',
    '/v1/chat/completions',
  ]);
  expect(body.upstreamCalls).toHaveLength(1);
  expect((await send('GET /stand-in/users')).body).toMatchObject([{ userId: 'ann', spendNano: '0' }]);
  expect(JSON.stringify(body)).not.toContain(key);
  await send('POST /stand-in/reset');
  expect([standIn.keyCount, standIn.calls]).toEqual([0, []]);
});

it('a control route that is not there is 404', async () => {
  const { send } = bench();
  for (const route of ['GET /stand-in/nothing', 'PATCH /stand-in/faults', 'POST /stand-in/database/drop']) {
    expect((await send(route, route.startsWith('GET') ? undefined : {})).status).toBe(404);
  }
  expect((await send('POST /stand-in/faults', [])).status).toBe(400);
});
