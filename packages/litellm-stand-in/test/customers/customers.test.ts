import { expect, it } from 'vitest';
import { bench, call48 } from '../support/client.ts';

it('a customer is made once, read, changed and deleted, under either name of the routes', async () => {
  const { send } = bench();
  const { body } = await send('POST /customer/new', { user_id: 'c', alias: 'C', max_budget: 1 });
  expect(body).toMatchObject({ user_id: 'c', alias: 'C', blocked: false, spend: 0 });
  expect(body.litellm_budget_table).toMatchObject({ max_budget: 1 });
  expect((await send('POST /end_user/new', { user_id: 'c' })).body.error).toMatchObject({ type: 'bad_request' });
  expect(
    (await send('POST /customer/update', { user_id: 'c', max_budget: 2 })).body.litellm_budget_table,
  ).toMatchObject({
    max_budget: 2,
  });
  expect((await send('GET /customer/list')).body).toHaveLength(1);
  expect((await send('POST /customer/delete', { user_ids: ['c'] })).body.deleted_customers).toBe(1);
  expect((await send('GET /customer/info?end_user_id=c')).body.error).toMatchObject({ type: 'not_found', code: '404' });
  expect((await send('POST /customer/delete', { user_ids: ['c'] })).status).toBe(404);
});

it('a customer has a budget of his own or a shared one, not both', async () => {
  const { send } = bench();
  expect((await send('POST /customer/new', { user_id: 'c', max_budget: 1, budget_id: 'b' })).status).toBe(422);
});

it('a spent customer is refused on every key that names him, in the body or in a header', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /customer/new', { user_id: 'c', max_budget: 0.02 });
  await chat(await newKey(), call48, { user: 'c' });
  const key = await newKey();
  const refused = await chat(key, 'hi', { user: 'c' });
  expect(refused.body.error.message).toBe('ExceededBudget: End User=c over budget. Spend=0.048, Budget=0.02');
  const body = { model: 'priced', messages: [{ role: 'user', content: 'hi' }] };
  const headers = { 'x-litellm-end-user-id': 'c' };
  expect((await send('POST /v1/chat/completions', body, { key, headers })).status).toBe(422);
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('a blocked customer is shown as blocked and goes on calling; unblocking is not for open-source proxies', async () => {
  const { send, newKey, chat } = bench();
  expect((await send('POST /customer/block', { user_ids: ['c'] })).body.blocked_users).toMatchObject([
    { blocked: true },
  ]);
  expect((await chat(await newKey(), 'hi', { user: 'c' })).status).toBe(200);
  expect((await send('POST /customer/unblock', { user_ids: ['c'] })).status).toBe(400);
});
