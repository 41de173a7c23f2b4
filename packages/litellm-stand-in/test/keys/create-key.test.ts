import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

const secret = `sk-${'a'.repeat(32)}`;

it('C1 an empty request gets a key of sk- and 22 characters', async () => {
  const { send } = bench();
  const { status, body } = await send('POST /key/generate', {});
  expect(status).toBe(200);
  expect(body.key).toMatch(/^sk-[A-Za-z0-9_-]{22}$/);
});

it('C2 token and token_id are the SHA-256 of the key', async () => {
  const { body } = await bench().send('POST /key/generate', {});
  expect(body.token).toBe(sha256(body.key));
  expect(body.token_id).toBe(body.token);
});

it('C3 key_name is masked and ends with the last four characters', async () => {
  const { body } = await bench().send('POST /key/generate', {});
  expect(body.key_name).toBe(`sk-...${body.key.slice(-4)}`);
});

it('C4 a secret that the caller chose comes back verbatim and works', async () => {
  const { send, chat } = bench();
  expect((await send('POST /key/generate', { key: secret })).body.key).toBe(secret);
  expect((await chat(secret, 'hi')).status).toBe(200);
});

it('C5 a secret without sk- is refused and not repeated', async () => {
  const { send } = bench();
  const { status, body } = await send('POST /key/generate', { key: 'not-a-secret-of-ours' });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain('not-a-secret-of-ours');
  expect(body.error).toMatchObject({ type: 'invalid_request_error', param: null, code: '400' });
});

it('C6 a secret of less than 16 characters is refused', async () => {
  expect((await bench().send('POST /key/generate', { key: 'sk-12345678' })).status).toBe(400);
});

it('C7 an alias that is taken is refused and the key is not stored', async () => {
  const { send, standIn } = bench();
  await send('POST /key/generate', { key_alias: 'ns/1' });
  const { status, body } = await send('POST /key/generate', { key_alias: 'ns/1' });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'bad_request_error', param: 'key_alias', code: '400' });
  expect(body.error.message).toContain("'ns/1' already exists");
  expect(standIn.keys()).toHaveLength(1);
});

it('C8 C9 the same secret again answers 200, echoes the request, and stores nothing', async () => {
  const { send, standIn } = bench();
  await send('POST /key/generate', { key: secret, key_alias: 'first', max_budget: 1 });
  const again = await send('POST /key/generate', { key: secret, key_alias: 'second', max_budget: 2 });
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ key_alias: 'second', max_budget: 2, token: sha256(secret) });
  expect(standIn.keys()).toMatchObject([{ alias: 'first', maxBudget: 1 }]);
  expect((await send('GET /key/list?key_alias=second')).body.keys).toEqual([]);
});

it('C10 an unknown field is ignored', async () => {
  expect((await bench().send('POST /key/generate', { no_such_field: 1 })).status).toBe(200);
});

it('C11 a negative budget and one that is no number are refused', async () => {
  const { send } = bench();
  expect((await send('POST /key/generate', { max_budget: -1 })).status).toBe(400);
  expect((await send('POST /key/generate', { max_budget: 'NaN' })).status).toBe(400);
});

it('C12 30d and monthly reset on the first of the next month', async () => {
  const { send } = bench();
  for (const budget_duration of ['30d', '1mo', 'monthly']) {
    const { body } = await send('POST /key/generate', { budget_duration });
    const info = await send(`GET /key/info?key=${body.token}`);
    expect(info.body.info.budget_reset_at).toBe('2026-12-01T00:00:00+00:00');
  }
});

it('a budget starts again when its time comes', async () => {
  const { newKey, chat, advance } = bench();
  const key = await newKey({ max_budget: 0.04, budget_duration: '1d' });
  await chat(key, '!tokens=22 a b c');
  expect((await chat(key, 'hi')).status).toBe(422);
  advance(14 * 3600);
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('C13 a negative duration is refused with 500, and a key of one second expires', async () => {
  const { send, newKey, chat, advance } = bench();
  const refused = await send('POST /key/generate', { duration: '-60s' });
  expect(refused.status).toBe(500);
  expect(refused.body.error.message).toContain('Invalid duration format');
  const key = await newKey({ duration: '1s' });
  advance(2);
  const late = await chat(key, 'hi');
  expect(late.status).toBe(401);
  expect(late.body.error.type).toBe('expired_key');
});

it('C14 a duration of null never expires', async () => {
  expect((await bench().send('POST /key/generate', { duration: null })).body.expires).toBeNull();
});

it('C15 no models means all of them, and a list means the list', async () => {
  const { send, newKey } = bench();
  const idsFor = async (models: string[]) => {
    const { body } = await send('GET /v1/models', undefined, { key: await newKey({ models }) });
    return body.data.map(({ id }: { id: string }) => id);
  };
  expect(await idsFor([])).toEqual(['priced', 'other']);
  expect(await idsFor(['other'])).toEqual(['other']);
  expect(await idsFor(['no-default-models'])).toEqual([]);
});

it('C16 a model that is not on the list is refused before it goes upstream', async () => {
  const { newKey, chat, standIn } = bench();
  const { status, body } = await chat(await newKey({ models: ['other'] }), 'hi');
  expect(status).toBe(403);
  expect(body.error).toMatchObject({ type: 'key_model_access_denied', param: 'model', code: '403' });
  expect(body.error.message).toMatch(/^The requested model 'priced' is not available/);
  expect(standIn.upstreamCalls).toEqual([]);
});

it('C17 a key of type llm_api lists its models and calls them, but reads no keys', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey({ key_type: 'llm_api' });
  expect((await send('GET /v1/models', undefined, { key })).status).toBe(200);
  expect((await chat(key, 'hi')).status).toBe(200);
  for (const route of ['GET /key/list', 'GET /key/info']) {
    const { status, body } = await send(route, undefined, { key });
    expect(status).toBe(403);
    expect(body.detail).toContain('Virtual key is not allowed to call this route');
  }
});

it('C18 a default key reads its own row and no other', async () => {
  const { send, newKey } = bench();
  const key = await newKey({ key_alias: 'mine' });
  const other = sha256(await newKey());
  const own = await send('GET /key/info', undefined, { key });
  expect(own.body.info.key_alias).toBe('mine');
  expect((await send(`GET /key/info?key=${other}`, undefined, { key })).status).toBe(403);
});

it('C50 licensed fields are refused with a text that says so, and no key is made', async () => {
  const { send, standIn } = bench();
  const tags = await send('POST /key/generate', { tags: ['a'] });
  expect(tags.status).toBe(403);
  expect(tags.body.error.type).toBe('auth_error');
  const budgets = await send('POST /key/generate', { model_max_budget: { priced: { max_budget: 1 } } });
  expect(budgets.status).toBe(500);
  for (const { body } of [tags, budgets]) expect(body.error.message).toMatch(/enterprise|premium/i);
  expect(standIn.keys()).toEqual([]);
});

it('C81 a duration that cannot be read is refused with 500', async () => {
  expect((await bench().send('POST /key/generate', { duration: 'soon' })).status).toBe(500);
});

it('C82 a field of the wrong type is a 422 that names it', async () => {
  const { status, body } = await bench().send('POST /key/generate', { models: 'priced', rpm_limit: 'many' });
  expect(status).toBe(422);
  expect(body.detail.map(({ loc }: { loc: unknown }) => loc)).toEqual([
    ['body', 'models'],
    ['body', 'rpm_limit'],
  ]);
});

it('C83 a user, team or model that does not exist is accepted', async () => {
  const { send, standIn } = bench();
  const fields = { user_id: 'nobody', team_id: 'none', models: ['no-such-model'] };
  expect((await send('POST /key/generate', fields)).status).toBe(200);
  expect(standIn.users()).toEqual([]);
});

it('C84 a key without a user makes and deletes no keys; a key of a user makes his own', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey();
  for (const [route, body] of [
    ['POST /key/generate', {}],
    ['POST /key/delete', { keys: ['x'] }],
  ] as const) {
    const refused = await send(route, body, { key });
    expect(refused.status).toBe(401);
    expect(refused.body.error).toMatchObject({ type: 'auth_error', param: null });
    expect(refused.body.error.message).toContain('Only proxy admin');
  }
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const made = await send('POST /key/generate', { user_id: 'bob' }, { key: await newKey({ user_id: 'ann' }) });
  expect(made.status).toBe(200);
  expect(standIn.keys().at(-1)?.userId).toBe('ann');
});

it('C88 a new key has blocked null', async () => {
  const { send, newKey } = bench();
  const info = await send(`GET /key/info?key=${await newKey()}`);
  expect(info.body.info.blocked).toBeNull();
});

it('C92 an alias with control characters or two dots is refused', async () => {
  const { send } = bench();
  for (const key_alias of ['a\tb', '../x']) {
    const { status, body } = await send('POST /key/generate', { key_alias });
    expect(status).toBe(400);
    expect(body.error.message).toContain('Invalid key_alias');
  }
});
