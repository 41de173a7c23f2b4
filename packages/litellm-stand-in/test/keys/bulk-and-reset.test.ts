import { expect, it } from 'vitest';
import { bench, call48, sha256 } from '../support/client.ts';

it('C46 a bulk update changes what it can and says for each key why it could not', async () => {
  const { send, newKey, standIn } = bench();
  const key = sha256(await newKey());
  const keys = [
    { key, max_budget: 5 },
    { key: sha256('none'), max_budget: 1 },
    { key, tags: ['a'] },
  ];
  const { status, body } = await send('POST /key/bulk_update', { keys });
  expect([status, body.total_requested]).toEqual([200, 3]);
  expect(body.successful_updates).toMatchObject([{ key, key_info: { max_budget: 5 } }]);
  expect(body.failed_updates).toMatchObject([
    { key: sha256('none'), key_info: null, failed_reason: 'Key not found.' },
    { key, key_info: { max_budget: 5 }, failed_reason: expect.stringContaining('Enterprise users: tags') },
  ]);
  expect(standIn.keys()[0]?.maxBudget).toBe(5);
});

it('C46 a bulk update takes 1 to 500 keys, from admins alone', async () => {
  const { send, newKey } = bench();
  const many = Array.from({ length: 501 }, (_, index) => ({ key: sha256(String(index)) }));
  const tooMany = await send('POST /key/bulk_update', { keys: many });
  expect(tooMany).toMatchObject({ status: 400, body: { detail: { error: expect.stringContaining('Maximum 500') } } });
  expect((await send('POST /key/bulk_update', { keys: [] })).status).toBe(400);
  expect((await send('POST /key/bulk_update', { keys: [{}] })).body.detail[0].loc).toEqual(['body', 'keys', 0, 'key']);
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const asUser = await send(
    'POST /key/bulk_update',
    { keys: [{ key: 'x' }] },
    { key: await newKey({ user_id: 'ann' }) },
  );
  expect(asUser.status).toBe(403);
});

it('a team update of all keys leaves out the blocked ones and those of other teams', async () => {
  const { send, newKey } = bench();
  await send('POST /team/new', { team_id: 't' });
  const [live, blocked, foreign] = [
    sha256(await newKey({ team_id: 't' })),
    sha256(await newKey({ team_id: 't' })),
    sha256(await newKey()),
  ];
  await send('POST /key/block', { key: blocked });
  const update_fields = { max_budget: 3 };
  const all = await send('POST /team/key/bulk_update', { team_id: 't', update_fields, all_keys_in_team: true });
  expect(all.body.successful_updates).toMatchObject([{ key: live, key_info: { max_budget: 3 } }]);
  const named = await send('POST /team/key/bulk_update', { team_id: 't', update_fields, key_ids: [foreign] });
  expect(named.body.failed_updates).toMatchObject([{ key: foreign, failed_reason: 'Key not found in team t' }]);
});

it('C44 regenerating is refused without a licence and the old key goes on working', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey();
  for (const route of ['POST /key/regenerate', `POST /key/${sha256(key)}/regenerate`]) {
    const { status, body } = await send(route, { key });
    expect(status).toBe(500);
    expect(body.error.message).toMatch(/Enterprise feature/);
  }
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('C47 spend is reset downwards alone, and never below zero', async () => {
  const { send, newKey, standIn } = bench();
  const token = sha256(await newKey({ spend: 5, max_budget: 10, budget_duration: '30d' }));
  const reset = (reset_to: unknown) => send(`POST /key/${token}/reset_spend`, { reset_to });
  expect((await reset(2)).body).toEqual({
    key_hash: token,
    spend: 2,
    previous_spend: 5,
    max_budget: 10,
    budget_reset_at: '2026-12-01T00:00:00+00:00',
  });
  expect((await reset(9)).body.detail.error).toBe('reset_to (9.0) must be <= current spend (2.0)');
  expect([(await reset(-1)).status, (await reset(true)).status, (await reset('a')).status]).toEqual([400, 422, 422]);
  expect((await send(`POST /key/${sha256('none')}/reset_spend`, { reset_to: 0 })).status).toBe(404);
  expect(standIn.keys()[0]?.spend).toBe(2);
});

it('C89 /v2/key/info gives the keys that exist, by hash or by alias, and no error for the others', async () => {
  const { send, newKey } = bench();
  const token = sha256(await newKey({ key_alias: 'a' }));
  const byHash = await send('POST /v2/key/info', { keys: [token, sha256('none')] });
  expect(byHash.body.key).toEqual([token, sha256('none')]);
  expect(byHash.body.info).toMatchObject([{ key_alias: 'a' }]);
  expect(byHash.body.info[0]).not.toHaveProperty('token');
  expect((await send('POST /v2/key/info', { key_aliases: ['a', 'b'] })).body.info).toHaveLength(1);
  expect((await send('POST /v2/key/info', {})).status).toBe(422);
});

it('C48 /key/health is healthy for the key that asks', async () => {
  const { send, newKey } = bench();
  const { body } = await send('POST /key/health', undefined, { key: await newKey() });
  expect(body).toEqual({ key: 'healthy', logging_callbacks: null });
});

it('every window of budget_limits is enforced and starts again by itself', async () => {
  const { send, newKey, chat, advance } = bench();
  const budget_limits = [
    { budget_duration: '1h', max_budget: 0.01 },
    { budget_duration: '1d', max_budget: 5 },
  ];
  const key = await newKey({ budget_limits });
  await chat(key, call48);
  const refused = await chat(key, 'hi');
  expect(refused).toMatchObject({ status: 422, body: { error: { type: 'budget_exceeded' } } });
  expect(refused.body.error.message).toContain('Key over 1h budget');
  const { info } = (await send(`GET /key/info?key=${key}`)).body;
  expect(info.budget_limits_usage).toEqual({ '1h': { current_spend: 0.048 }, '1d': { current_spend: 0.048 } });
  advance(3600);
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('an alias that two keys share by a race is no way to update one of them', async () => {
  const { send, newKey, standIn } = bench();
  await newKey({ key_alias: 'a' });
  standIn.faults.add({ route: 'POST /key/generate', kind: 'alias-race' });
  await newKey({ key_alias: 'a' });
  const { status, body } = await send('POST /key/update', { key_alias: 'a', max_budget: 1 });
  expect([status, body.error.message]).toEqual([400, expect.stringContaining('Multiple keys share')]);
});
