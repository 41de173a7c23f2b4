import { expect, it } from 'vitest';
import { bench, call48 } from '../support/client.ts';

it('a budget is made, read, changed and deleted; ids that are unknown are null and no error', async () => {
  const { send } = bench();
  const { body } = await send('POST /budget/new', { budget_id: 'b', max_budget: 1, budget_duration: '30d' });
  expect(body).toMatchObject({ budget_id: 'b', max_budget: 1, budget_reset_at: '2026-12-01T00:00:00+00:00' });
  expect((await send('POST /budget/new', { budget_id: 'b' })).body.detail.error).toContain('already exists');
  expect((await send('POST /budget/info', { budgets: ['b', 'none'] })).body).toMatchObject([{ budget_id: 'b' }]);
  expect((await send('POST /budget/update', { budget_id: 'b', max_budget: 2 })).body.max_budget).toBe(2);
  expect((await send('POST /budget/update', { budget_id: 'none' })).body).toBeNull();
  const settings = (await send('GET /budget/settings?budget_id=b')).body;
  expect(settings).toContainEqual(expect.objectContaining({ field_name: 'max_budget', field_value: 2 }));
  expect((await send('GET /budget/list')).body).toHaveLength(1);
  expect((await send('POST /budget/delete', { id: 'b' })).body.budget_id).toBe('b');
  expect((await send('POST /budget/delete', { id: 'b' })).body).toBeNull();
});

it('a budget that is no money, or no time, is refused', async () => {
  const { send } = bench();
  expect((await send('POST /budget/new', { max_budget: -1 })).body.detail.error).toContain('Received: -1.0');
  expect((await send('POST /budget/new', { budget_duration: 'xx' })).status).toBe(400);
  expect((await send('POST /budget/info', { budgets: [] })).status).toBe(400);
});

it('keys on one budget have its limits, each for itself, and start again when it does', async () => {
  const { send, newKey, chat, advance } = bench();
  await send('POST /budget/new', { budget_id: 'b', max_budget: 0.04, budget_duration: '1d', rpm_limit: 2 });
  const [first, second] = [await newKey({ budget_id: 'b' }), await newKey({ budget_id: 'b' })];
  await chat(first, call48);
  expect((await chat(first, 'hi')).body.error.type).toBe('budget_exceeded');
  expect((await chat(second, 'hi')).status).toBe(200);
  expect((await send(`GET /key/info?key=${first}`)).body.info.litellm_budget_table).toMatchObject({ max_budget: 0.04 });
  advance(86_400);
  expect([(await chat(first, 'hi')).status, (await chat(first, 'hi')).status]).toEqual([200, 200]);
  expect((await chat(first, 'hi')).body.error.message).toContain('Limit type: requests');
});

it('a key on a budget that does not exist is 500 and no key', async () => {
  const { send, standIn } = bench();
  expect((await send('POST /key/generate', { budget_id: 'none' })).status).toBe(500);
  expect(standIn.keyCount).toBe(0);
});

it('a soft budget of a key lives in a hidden budget', async () => {
  const { send, newKey } = bench();
  const { info } = (await send(`GET /key/info?key=${await newKey({ soft_budget: 2 })}`)).body;
  expect(info.litellm_budget_table).toMatchObject({ budget_id: info.budget_id, soft_budget: 2, max_budget: null });
});

it('C91 /management/v1/budgets is paged and filtered, and names what it would have allowed', async () => {
  const { send } = bench();
  for (const max_budget of [1, 2, 3]) await send('POST /budget/new', { budget_id: `b${max_budget}`, max_budget });
  const { body } = await send('GET /management/v1/budgets?page_size=1&filter%5Bmax_budget%5D%5Bgte%5D=2');
  expect(body.meta).toEqual({ total_count: 2, page: 1, page_size: 1, total_pages: 2 });
  expect(body.data).toMatchObject([{ budget_id: 'b3' }]);
  expect(body.links).toMatchObject({ prev: null, next: '/management/v1/budgets?page=2' });
  const unknown = await send('GET /management/v1/budgets?bad=1');
  expect(unknown.headers.get('content-type')).toBe('application/problem+json');
  expect(unknown.body).toMatchObject({ status: 400, type: 'urn:litellm:error:unknown-query-parameter' });
  expect(unknown.body.allowed).toContain('page_size');
});

it('C12 a budget of 30d starts again on the first, and a spent key works again then', async () => {
  const { newKey, chat, advance, standIn } = bench();
  const key = await newKey({ max_budget: 0.04, budget_duration: '30d' });
  await chat(key, call48);
  expect((await chat(key, 'hi')).status).toBe(422);
  advance(10 * 86_400);
  expect((await chat(key, 'hi')).status).toBe(200);
  expect(standIn.keys()[0]?.spend).toBe(0.005);
});

it('a user budget starts again, too', async () => {
  const { send, newKey, chat, advance } = bench();
  await send('POST /user/new', { user_id: 'u', max_budget: 0.04, budget_duration: '1d', auto_create_key: false });
  const key = await newKey({ user_id: 'u' });
  await chat(key, call48);
  expect((await chat(key, 'hi')).status).toBe(422);
  advance(86_400);
  expect((await chat(key, 'hi')).status).toBe(200);
});
