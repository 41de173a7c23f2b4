import { expect, it } from 'vitest';
import { bench, request } from '../support/client.ts';

const generate = 'POST /key/generate';

it('a status fault answers before anything is done, once unless said otherwise', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'status', status: 503 });
  const { status, body } = await send(generate, {});
  expect([status, body.error.code]).toEqual([503, '503']);
  expect(standIn.keys()).toEqual([]);
  expect((await send(generate, {})).status).toBe(200);
  expect(fault.hits).toBe(1);
});

it('a status fault answers with its own body and headers for as long as it is there', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({
    route: /^POST \/key\//,
    kind: 'status',
    status: 502,
    body: 'bad gateway',
    headers: { 'retry-after': '1' },
    times: Number.POSITIVE_INFINITY,
  });
  for (let times = 0; times < 3; times += 1) expect((await send(generate, {})).body).toBe('bad gateway');
  expect(fault.hits).toBe(3);
  fault.remove();
  expect((await send(generate, {})).status).toBe(200);
});

it('drop does the work and breaks the connection like fetch does; drop-before does nothing', async () => {
  const { standIn, send } = bench();
  standIn.faults.add({ route: generate, kind: 'drop' });
  await expect(send(generate, { key_alias: 'a' })).rejects.toThrow(TypeError);
  expect(standIn.keys()).toMatchObject([{ alias: 'a' }]);
  standIn.faults.add({ route: generate, kind: 'drop-before' });
  await expect(send(generate, { key_alias: 'b' })).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect(standIn.keys()).toHaveLength(1);
  expect(standIn.calls.map(({ status }) => status)).toEqual([null, null]);
});

it('hang never answers, and a client that gives up has changed nothing', async () => {
  const { standIn } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'hang' });
  const leaving = new AbortController();
  const answer = standIn.handle(request(standIn, generate, {}, { signal: leaving.signal }));
  const refused = expect(answer).rejects.toThrow('gave up');
  await fault.reached;
  leaving.abort(new Error('gave up'));
  await refused;
  await fault.release();
  expect(standIn.keys()).toEqual([]);
});

it('late-commit does the work at the release, long after the client has left', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'late-commit' });
  const leaving = new AbortController();
  const body = { key_alias: 'late' };
  const refused = expect(standIn.handle(request(standIn, generate, body, { signal: leaving.signal }))).rejects.toThrow(
    'gave up',
  );
  await fault.reached;
  leaving.abort(new Error('gave up'));
  await refused;
  expect((await send('GET /key/list')).body.total_count).toBe(0);
  await fault.release();
  expect(standIn.keys()).toMatchObject([{ alias: 'late' }]);
});

it('a wait may also end with a promise of the test', async () => {
  const { standIn, send } = bench();
  let open: (value: unknown) => void = () => {};
  const until = new Promise((resolve) => {
    open = resolve;
  });
  const fault = standIn.faults.add({ route: generate, kind: 'late-commit', until });
  const answer = expect(send(generate, {})).rejects.toThrow(TypeError);
  await fault.reached;
  expect(standIn.keys()).toEqual([]);
  open(undefined);
  await answer;
  expect(standIn.keys()).toHaveLength(1);
});

it('slow does the work at once and answers at the release', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'slow' });
  const answer = send(generate, { key_alias: 'a' });
  await fault.reached;
  while (standIn.keys().length === 0) await Promise.resolve();
  expect(standIn.calls[0]?.status).toBeNull();
  await fault.release();
  expect((await answer).body.key_alias).toBe('a');
});

it('a route may leave out /v1 and use a star', async () => {
  const { standIn, chat, send } = bench();
  standIn.faults.add({ route: 'POST /chat/completions', kind: 'status', status: 500 });
  expect((await chat(standIn.masterKey, 'hi')).status).toBe(500);
  const stars = standIn.faults.add({ route: '* /key/*', kind: 'status', status: 500, times: 2 });
  expect((await send('GET /key/list')).status).toBe(500);
  expect((await send('GET /v1/models')).status).toBe(200);
  expect(stars.hits).toBe(1);
});

it('a stand-in that is down refuses everyone and drops who is waiting, until it is up', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'hang' });
  const waiting = expect(send(generate, {})).rejects.toThrow(TypeError);
  await fault.reached;
  standIn.down();
  await waiting;
  await expect(send('GET /key/list')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  standIn.up();
  expect((await send('GET /key/list')).status).toBe(200);
});

it('clearing the faults breaks what they hold without doing it', async () => {
  const { standIn, send } = bench();
  const fault = standIn.faults.add({ route: generate, kind: 'late-commit' });
  const held = expect(send(generate, {})).rejects.toThrow(TypeError);
  await fault.reached;
  standIn.faults.clear();
  await held;
  expect(standIn.keys()).toEqual([]);
});

it('a reset forgets keys, users, calls, limits, faults and the outage', async () => {
  const { standIn, send, newKey, chat } = bench();
  const key = await newKey({ key: `sk-${'r'.repeat(20)}`, rpm_limit: 1 });
  await chat(key, 'hi');
  await send('POST /user/new', { user_id: 'ann' });
  standIn.faults.add({ route: '* *', kind: 'status', status: 500 });
  standIn.down();
  standIn.reset();
  expect([standIn.keys(), standIn.users(), standIn.calls, standIn.upstreamCalls]).toEqual([[], [], [], []]);
  await newKey({ key, rpm_limit: 1 });
  expect((await chat(key, 'hi')).status).toBe(200);
});
