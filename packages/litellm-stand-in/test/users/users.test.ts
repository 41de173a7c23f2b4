import { expect, it } from 'vitest';
import { bench, call48 } from '../support/client.ts';

it('C51 a user gets a key without alias unless asked not to', async () => {
  const { send, standIn } = bench();
  const without = await send('POST /user/new', { user_id: 'ann', max_budget: 5, auto_create_key: false });
  expect([without.status, without.body.user_id, without.body.max_budget]).toEqual([200, 'ann', 5]);
  expect(standIn.keys()).toEqual([]);
  const made = await send('POST /user/new', { user_id: 'bob', max_budget: 5 });
  expect(made.body.key).toMatch(/^sk-/);
  expect(standIn.keys()).toMatchObject([{ userId: 'bob', alias: null, maxBudget: null }]);
});

it('C51 an id or e-mail that is taken is 409, whatever its case', async () => {
  const { send } = bench();
  await send('POST /user/new', { user_id: 'ann', user_email: 'Ann@example.test' });
  const byId = await send('POST /user/new', { user_id: 'ann' });
  expect([byId.status, byId.body.error.code]).toEqual([409, '409']);
  expect(byId.body.error.message).toContain('User with id ann already exists');
  expect((await send('POST /user/new', { user_email: 'ann@EXAMPLE.test' })).status).toBe(409);
});

it('C52 a deleted user takes his keys along without a trace', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const key = await newKey({ user_id: 'ann' });
  await chat(key, 'hi');
  const { status, body } = await send('POST /user/delete', { user_ids: ['ann'] });
  expect([status, body]).toEqual([200, 1]);
  expect((await send(`GET /key/info?key=${key}`)).status).toBe(404);
  expect((await send('GET /user/info?user_id=ann')).status).toBe(404);
  expect((await chat(key, 'hi')).status).toBe(401);
});

it('C85 a spent user budget refuses every key of the user and names him', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', max_budget: 0.04, auto_create_key: false });
  await chat(await newKey({ user_id: 'ann' }), call48);
  const { status, body } = await chat(await newKey({ user_id: 'ann' }), 'hi');
  expect(status).toBe(422);
  expect(body.error).toMatchObject({
    type: 'budget_exceeded',
    message: 'ExceededBudget: User=ann over budget. Spend=0.048, Budget=0.04',
  });
});

it('C86 /user/info of an unknown user is 404 with the wrong type of its release', async () => {
  const { status, body } = await bench().send('GET /user/info?user_id=nobody');
  expect([status, body.error.type]).toEqual([404, 'invalid_request_error']);
  expect(body.error.message).toContain('User nobody not found');
});

it('/user/info shows the user, his spend and his keys', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  await chat(await newKey({ user_id: 'ann', key_alias: 'a' }), call48);
  const { body } = await send('GET /user/info?user_id=ann');
  expect(body).toMatchObject({ user_id: 'ann', user_info: { spend: 0.048 }, keys: [{ key_alias: 'a' }], teams: [] });
});

it('/user/update changes what is given, clears what is null, and needs to know whom', async () => {
  const { send, standIn } = bench();
  await send('POST /user/new', { user_id: 'ann', max_budget: 5, user_email: 'a@b.test', auto_create_key: false });
  await send('POST /user/update', { user_id: 'ann', max_budget: null });
  expect(standIn.users()).toMatchObject([{ userId: 'ann', maxBudget: null, email: 'a@b.test' }]);
  expect((await send('POST /user/update', { max_budget: 1 })).status).toBe(422);
});

it('only an administrator manages users', async () => {
  const { send, newKey } = bench();
  const { status, body } = await send('POST /user/new', {}, { key: await newKey() });
  expect([status, body.error.type]).toEqual([401, 'auth_error']);
});

it('/user/update wraps the row, unlike /user/new', async () => {
  const { send } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const { body } = await send('POST /user/update', { user_id: 'ann', rpm_limit: 5 });
  expect(body).toMatchObject({ user_id: 'ann', data: { user_id: 'ann', rpm_limit: 5 } });
});

it.each([
  ['1.81.12', 5],
  ['1.109.1', null],
] as const)('null leaves a user of %s with the rate limit %s', async (version, left) => {
  const { send } = bench({ version });
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false, rpm_limit: 5 });
  const { body } = await send('POST /user/update', { user_id: 'ann', rpm_limit: null });
  expect(body).toMatchObject({ data: { rpm_limit: left } });
});

it.each([
  ['1.81.12', 3],
  ['1.109.1', 7],
] as const)('a soft budget of %s is shown in its budget table, and is %s after an update', async (version, after) => {
  const { send } = bench({ version });
  const { body } = await send('POST /key/generate', { soft_budget: 3 });
  const info = () => send(`GET /key/info?key=${body.token}`);
  expect((await info()).body.info).toMatchObject({ litellm_budget_table: { soft_budget: 3 } });
  await send('POST /key/update', { key: body.token, soft_budget: 7 });
  expect((await info()).body.info).toMatchObject({ litellm_budget_table: { soft_budget: after } });
});
