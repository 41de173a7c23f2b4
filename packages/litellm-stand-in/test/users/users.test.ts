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

it('users are listed in pages with their number of keys, newest first, and filtered', async () => {
  const { send, newKey } = bench();
  await send('POST /user/new', { user_id: 'ann', user_email: 'ann@example.test', auto_create_key: false });
  await send('POST /user/new', { user_id: 'bob', user_role: 'internal_user' });
  await newKey({ user_id: 'bob' });
  const page = (await send('GET /user/list?page_size=1')).body;
  expect(page).toMatchObject({ total: 2, page: 1, page_size: 1, total_pages: 2 });
  expect(page.users).toMatchObject([{ user_id: 'bob', key_count: 2 }]);
  const ids = async (query: string) =>
    (await send(`GET /user/list?${query}`)).body.users.map(({ user_id }: { user_id: string }) => user_id);
  expect(await ids('role=internal_user')).toEqual(['bob']);
  expect(await ids('user_ids=ann,nobody')).toEqual(['ann']);
  expect(await ids('user_email=EXAMPLE')).toEqual(['ann']);
  expect(await ids('sort_by=user_id&sort_order=asc')).toEqual(['ann', 'bob']);
  expect((await send('GET /user/list?sort_by=bad')).status).toBe(400);
  expect((await send('GET /user/list', undefined, { key: await newKey({ user_id: 'bob' }) })).status).toBe(403);
});

it('/v2/user/info is the user alone', async () => {
  const { send } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const { body } = await send('GET /v2/user/info?user_id=ann');
  expect(body).toMatchObject({ user_id: 'ann', spend: 0 });
  expect(body).not.toHaveProperty('keys');
  expect((await send('GET /v2/user/info?user_id=none')).body.error.message).toBe('User not found: none');
});

it('a new user joins the teams that he is given, with limits inside them', async () => {
  const { send } = bench();
  for (const team_id of ['a', 'b']) await send('POST /team/new', { team_id });
  const teams = ['a', { team_id: 'b', max_budget_in_team: 3 }];
  await send('POST /user/new', { user_id: 'ann', teams, auto_create_key: false });
  expect((await send('GET /user/info?user_id=ann')).body.teams).toMatchObject([{ team_id: 'a' }, { team_id: 'b' }]);
  const { team_memberships } = (await send('GET /team/info?team_id=b')).body;
  expect(team_memberships).toContainEqual(
    expect.objectContaining({ user_id: 'ann', litellm_budget_table: expect.objectContaining({ max_budget: 3 }) }),
  );
  await send('POST /user/delete', { user_ids: ['ann'] });
  expect((await send('GET /team/info?team_id=a')).body.team_info.members_with_roles).toHaveLength(1);
});

it('the models of a user hold for his keys without a team', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', models: ['other'], auto_create_key: false });
  const { status, body } = await chat(await newKey({ user_id: 'ann' }), 'hi');
  expect([status, body.error.type]).toEqual([403, 'user_model_access_denied']);
});

it('a bulk update of users says for each how it went', async () => {
  const { send, standIn } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const users = [
    { user_id: 'ann', max_budget: 7 },
    { user_id: 'ann', max_budget: -1 },
  ];
  const { body } = await send('POST /user/bulk_update', { users });
  expect(body).toMatchObject({ total_requested: 2, successful_updates: 1, failed_updates: 1 });
  expect(body.results.map(({ success }: { success: boolean }) => success)).toEqual([true, false]);
  expect(standIn.users()[0]?.maxBudget).toBe(7);
});
