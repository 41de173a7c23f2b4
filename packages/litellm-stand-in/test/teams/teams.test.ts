import { expect, it } from 'vitest';
import { bench, call48, sha256 } from '../support/client.ts';

it('C54 a team has the id that the caller chose, once, and the caller as its admin', async () => {
  const { send } = bench();
  const { body } = await send('POST /team/new', {
    team_id: 't',
    team_alias: 'T',
    max_budget: 10,
    budget_duration: '30d',
  });
  expect(body).toMatchObject({ team_id: 't', team_alias: 'T', max_budget: 10, spend: 0, blocked: false });
  expect(body.budget_reset_at).toBe('2026-12-01T00:00:00+00:00');
  expect(body.members_with_roles).toEqual([{ user_id: 'default_user_id', user_email: null, role: 'admin' }]);
  const again = await send('POST /team/new', { team_id: 't' });
  expect([again.status, again.body.error.message]).toEqual([
    400,
    expect.stringContaining('Team id = t already exists'),
  ]);
});

it('a team refuses budgets that are no money, contradict each other, or need a licence', async () => {
  const { send } = bench();
  const statuses = await Promise.all(
    [{ max_budget: -1 }, { soft_budget: 5, max_budget: 1 }, { tags: ['a'] }].map(
      async (fields) => (await send('POST /team/new', fields)).status,
    ),
  );
  expect(statuses).toEqual([400, 400, 403]);
});

it('C85 the spent budget of a team refuses every key of it, and starts again on the first', async () => {
  const { send, newKey, chat, advance } = bench();
  await send('POST /team/new', { team_id: 't', max_budget: 0.04, budget_duration: '30d' });
  await chat(await newKey({ team_id: 't' }), call48);
  const other = await newKey({ team_id: 't' });
  const { status, body } = await chat(other, 'hi');
  expect([status, body.error.type]).toEqual([422, 'budget_exceeded']);
  expect(body.error.message).toBe('Budget has been exceeded! Team=t Current cost: 0.048, Max budget: 0.04');
  expect((await send('GET /team/info?team_id=t')).body.team_info.spend).toBe(0.048);
  advance(10 * 86_400);
  expect((await chat(other, 'hi')).status).toBe(200);
});

it('a key of a team is checked against the team and not against the budget of its user', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', max_budget: 0.001, auto_create_key: false });
  await send('POST /team/new', { team_id: 't' });
  const key = await newKey({ team_id: 't', user_id: 'ann' });
  await chat(key, call48);
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('the request limit of a team counts over all its keys', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't', rpm_limit: 1 });
  await chat(await newKey({ team_id: 't' }), 'hi');
  const { status, body } = await chat(await newKey({ team_id: 't' }), 'hi');
  expect(status).toBe(429);
  expect(body.error.message).toContain('Rate limit exceeded for team: t. Limit type: requests.');
});

it('a team that allows some models denies the others to its keys, and lists no others', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't', models: ['other'] });
  const key = await newKey({ team_id: 't' });
  expect((await chat(key, 'hi')).body.error.type).toBe('team_model_access_denied');
  const { data } = (await send('GET /v1/models', undefined, { key })).body;
  expect(data.map(({ id }: { id: string }) => id)).toEqual(['other']);
});

it('a blocked team refuses its keys at once, until it is unblocked', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't' });
  const key = await newKey({ team_id: 't' });
  await chat(key, 'hi');
  expect((await send('POST /team/block', { team_id: 't' })).body.blocked).toBe(true);
  const refused = await chat(key, 'hi');
  expect(refused).toMatchObject({ status: 401, body: { error: { type: 'auth_error' } } });
  expect(refused.body.error.message).toContain('Team=t is blocked');
  await send('POST /team/unblock', { team_id: 't' });
  expect((await chat(key, 'hi')).status).toBe(200);
  expect((await send('POST /team/block', { team_id: 'none' })).status).toBe(404);
});

it('C54 a deleted team takes its keys along, whose rows stay readable', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't' });
  const key = await newKey({ team_id: 't' });
  await chat(key, 'hi');
  expect((await send('POST /team/delete', { team_ids: ['t', 'none'] })).status).toBe(404);
  expect((await send('POST /team/delete', { team_ids: ['t'] })).body).toEqual({ deleted_teams: ['t'] });
  expect((await chat(key, 'hi')).body.error.type).toBe('token_not_found_in_db');
  expect((await send(`GET /key/info?key=${sha256(key)}`)).body.info.status).toBe('deleted');
  expect((await send('GET /team/info?team_id=t')).status).toBe(404);
});

it('C53 adding a member creates his user; adding him twice says that he is there', async () => {
  const { send, standIn } = bench();
  await send('POST /team/new', { team_id: 't' });
  const add = () => send('POST /team/member_add', { team_id: 't', member: { role: 'user', user_id: 'carl' } });
  expect((await add()).body.updated_users).toMatchObject([{ user_id: 'carl', teams: ['t'] }]);
  expect(standIn.users()).toMatchObject([{ userId: 'carl', role: 'internal_user' }]);
  const { status, body } = await add();
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'team_member_already_in_team', param: 'member' });
  const admin = await send('POST /team/member_add', { team_id: 't', member: { role: 'admin', user_id: 'dora' } });
  expect(admin).toMatchObject({ status: 400, body: { detail: { error: expect.stringContaining('premium feature') } } });
});

it('a member has a budget of his own inside the team, and loses it with his membership', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't' });
  const member = { role: 'user', user_id: 'carl' };
  await send('POST /team/member_add', { team_id: 't', member, max_budget_in_team: 0.01 });
  const key = await newKey({ team_id: 't', user_id: 'carl' });
  await chat(key, call48);
  expect((await chat(key, 'hi')).body.error.message).toContain('User=carl in Team=t');
  await send('POST /team/member_update', { team_id: 't', user_id: 'carl', max_budget_in_team: 1 });
  expect((await chat(key, 'hi')).status).toBe(200);
  await send('POST /team/member_delete', { team_id: 't', user_id: 'carl' });
  expect((await send('POST /team/member_delete', { team_id: 't', user_id: 'carl' })).status).toBe(400);
  expect((await send('GET /user/info?user_id=carl')).body.teams).toEqual([]);
});

it('a team is updated by POST and by PATCH, and an unknown one is 404', async () => {
  const { send } = bench();
  await send('POST /team/new', { team_id: 't', max_budget: 1, metadata: { a: 1 } });
  const posted = await send('POST /team/update', { team_id: 't', max_budget: 2 });
  expect(posted.body.data).toMatchObject({ max_budget: 2, metadata: { a: 1 } });
  expect((await send('PATCH /team/t', { max_budget: null })).body.max_budget).toBeNull();
  expect((await send('POST /team/update', { team_id: 'none' })).status).toBe(404);
});

it('teams are listed whole, and in pages with the newest first', async () => {
  const { send } = bench();
  for (const team_id of ['a', 'b', 'c']) await send('POST /team/new', { team_id });
  expect((await send('GET /team/list')).body).toHaveLength(3);
  const page = (await send('GET /v2/team/list?page_size=2')).body;
  expect(page).toMatchObject({ total: 3, page: 1, page_size: 2, total_pages: 2 });
  expect(page.teams.map(({ team_id }: { team_id: string }) => team_id)).toEqual(['c', 'b']);
});

it('only members and admins read a team', async () => {
  const { send, newKey } = bench();
  await send('POST /team/new', { team_id: 't', members_with_roles: [{ role: 'user', user_id: 'ann' }] });
  await send('POST /user/new', { user_id: 'bob', auto_create_key: false });
  const read = async (user_id: string) =>
    (await send('GET /team/info?team_id=t', undefined, { key: await newKey({ user_id }) })).status;
  expect([await read('ann'), await read('bob')]).toEqual([200, 403]);
});

it('a guaranteed limit is refused that the team cannot give beside its other promises', async () => {
  const { send, newKey } = bench();
  await send('POST /team/new', { team_id: 't', rpm_limit: 10 });
  const promise = { team_id: 't', rpm_limit: 6, rpm_limit_type: 'guaranteed_throughput' };
  await newKey(promise);
  const { status, body } = await send('POST /key/generate', promise);
  expect([status, body.error.message]).toEqual([
    400,
    'Allocated RPM limit=6 + Key RPM limit=6 is greater than team RPM limit=10',
  ]);
});
