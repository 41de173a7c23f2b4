import { expect, it } from 'vitest';
import { bench, call48, request, sha256 } from '../support/client.ts';
import { openStream } from '../support/stream.ts';

const generate = 'POST /key/generate';

it('alias-race lets a second key have an alias that is taken, once', async () => {
  const { standIn, send } = bench();
  await send(generate, { key_alias: 'a' });
  standIn.faults.add({ route: generate, kind: 'alias-race' });
  expect((await send(generate, { key_alias: 'a' })).status).toBe(200);
  expect((await send(generate, { key_alias: 'a' })).status).toBe(400);
  expect(standIn.keys().map(({ alias }) => alias)).toEqual(['a', 'a']);
});

it('C8 a secret that exists is 200 and stores nothing, or with duplicate-key-error 400', async () => {
  const { standIn, send } = bench();
  const key = 'sk-0123456789-abcdef';
  await send(generate, { key, key_alias: 'a' });
  expect((await send(generate, { key, key_alias: 'b' })).status).toBe(200);
  standIn.faults.add({ route: generate, kind: 'duplicate-key-error', times: Number.POSITIVE_INFINITY });
  const { status, body } = await send(generate, { key, key_alias: 'b' });
  expect([status, body.error.param]).toEqual([400, 'key']);
  expect(JSON.stringify(body)).not.toContain(key);
  expect(standIn.keys()).toMatchObject([{ alias: 'a' }]);
  expect((await send(generate, { key_alias: 'c' })).status).toBe(200);
});

it('duplicate-key-upsert answers like a creation and stores nothing', async () => {
  const { standIn, send } = bench();
  standIn.faults.add({ route: generate, kind: 'duplicate-key-upsert' });
  const { status, body } = await send(generate, { key_alias: 'a' });
  expect([status, body.token]).toEqual([200, sha256(body.key)]);
  expect(standIn.keyCount).toBe(0);
});

it('partial-delete names all keys as deleted and deletes half of them', async () => {
  const { standIn, send, newKey } = bench();
  const keys = [sha256(await newKey()), sha256(await newKey())];
  standIn.faults.add({ route: 'POST /key/delete', kind: 'partial-delete' });
  expect((await send('POST /key/delete', { keys })).body).toEqual({ deleted_keys: keys });
  expect(standIn.keys().map(({ token }) => token)).toEqual(keys.slice(1));
});

it.each([
  ['POST /key/block', 'block'],
  ['POST /key/delete', 'delete'],
])('stale-auth on %s lets the key answer until its minute is over', async (route) => {
  const { standIn, send, newKey, chat, advance } = bench();
  const key = await newKey();
  await chat(key, 'hi');
  standIn.faults.add({ route, kind: 'stale-auth' });
  await send(route, { key: sha256(key), keys: [sha256(key)] });
  advance(59);
  expect((await chat(key, 'hi')).status).toBe(200);
  advance(2);
  expect((await chat(key, 'hi')).status).toBe(401);
});

it('late-spend counts for limits at once, and shows in rows and logs after its time', async () => {
  const { standIn, send, newKey, chat, advance } = bench();
  const key = await newKey({ max_budget: 0.04 });
  standIn.faults.add({ route: 'POST /chat/completions', kind: 'late-spend', afterMs: 10_000 });
  expect((await chat(key, call48)).headers.get('x-litellm-key-spend')).toBe('0.048');
  const spend = async () => (await send(`GET /key/info?key=${key}`)).body.info.spend;
  expect(await spend()).toBe(0);
  expect((await chat(key, 'hi')).body.error.type).toBe('budget_exceeded');
  advance(10);
  await expect.poll(spend).toBe(0.048);
  expect((await send(`GET /spend/logs?api_key=${key}`)).body).toHaveLength(2);
});

it('late-spend may also wait for its release', async () => {
  const { standIn, newKey, chat } = bench();
  const key = await newKey();
  const fault = standIn.faults.add({ route: 'POST /chat/completions', kind: 'late-spend' });
  await chat(key, call48);
  expect(standIn.keys()[0]?.spend).toBe(0);
  await fault.release();
  await expect.poll(() => standIn.keys()[0]?.spend).toBe(0.048);
});

it('late-commit does its work by itself when the time of the stand-in has come', async () => {
  const { standIn, advance } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'late-commit', afterMs: 30_000 });
  const leaving = new AbortController();
  const answer = standIn.handle(request(standIn, generate, { key_alias: 'late' }, { signal: leaving.signal }));
  const refused = expect(answer).rejects.toThrow('gave up');
  await fault.reached;
  leaving.abort(new Error('gave up'));
  await refused;
  advance(29);
  expect(standIn.keys()).toEqual([]);
  advance(1);
  await expect.poll(() => standIn.keys()).toMatchObject([{ alias: 'late' }]);
});

it('empty-list hides what is in a list, and nothing else', async () => {
  const { standIn, send, newKey } = bench();
  await newKey({ key_alias: 'a' });
  await send('POST /team/new', { team_id: 't' });
  standIn.faults.add({ route: 'GET /*/list', kind: 'empty-list', times: 2 });
  expect((await send('GET /key/list')).body).toEqual({ keys: [], total_count: 0, current_page: 1, total_pages: 0 });
  expect((await send('GET /team/list')).body).toEqual([]);
  expect((await send('GET /key/list')).body.total_count).toBe(1);
});

it('cut breaks a stream after so many events, and what was sent is charged', async () => {
  const { standIn, newKey } = bench();
  const key = await newKey();
  standIn.faults.add({ route: 'POST /chat/completions', kind: 'cut', after: 3 });
  const response = await openStream(standIn, key, '!tokens=9');
  await expect(response.text()).rejects.toThrow();
  expect(standIn.keys()[0]?.spendNano).toBe(1_000_000n + 2n * 2_000_000n);
});

it('cut breaks a plain answer, too, with its work done', async () => {
  const { standIn } = bench();
  standIn.faults.add({ route: generate, kind: 'cut', after: 0 });
  const response = await standIn.handle(request(standIn, generate, {}));
  await expect(response.text()).rejects.toThrow();
  expect(standIn.keyCount).toBe(1);
});

it('latency waits before the work is done', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'latency', ms: 20 });
  const started = performance.now();
  const answer = send(generate, {});
  await fault.reached;
  expect(standIn.keyCount).toBe(0);
  expect((await answer).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThanOrEqual(19);
});

it('a fault may let requests through before it strikes', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: 'GET /key/list', kind: 'status', status: 500, skip: 2 });
  const statuses: number[] = [];
  for (let times = 0; times < 4; times += 1) statuses.push((await send('GET /key/list')).status);
  expect(statuses).toEqual([200, 200, 500, 200]);
  expect(fault.hits).toBe(1);
});

it('a fault may strike by chance, as often as its dice say', async () => {
  const dice = [0.4, 0.6, 0.1];
  const { standIn, send } = bench({ random: () => dice.shift() ?? 1 });
  const half = { kind: 'status', status: 500, probability: 0.5, times: Number.POSITIVE_INFINITY } as const;
  standIn.faults.add({ route: 'GET /key/list', ...half });
  const statuses: number[] = [];
  for (let times = 0; times < 3; times += 1) statuses.push((await send('GET /key/list')).status);
  expect(statuses).toEqual([500, 200, 500]);
});
