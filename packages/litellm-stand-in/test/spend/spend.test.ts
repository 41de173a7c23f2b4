import { expect, it } from 'vitest';
import { bench, call48, type Json, sha256 } from '../support/client.ts';

const days = 'start_date=2026-11-21&end_date=2026-11-22';

it('C66 the logs have a row for every call of a key, failures and refusals included', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey({ key_alias: 'a', user_id: 'ann' });
  await chat(key, call48, { user: 'c' });
  await chat(key, '!status=503');
  await send('POST /key/block', { key });
  await chat(key, 'hi');
  const { body } = await send(`GET /spend/logs/v2?${days}&api_key=${sha256(key)}`);
  expect(body).toMatchObject({ total: 3, page: 1, page_size: 50, total_pages: 1 });
  const rows: Json[] = body.data;
  expect(rows.map(({ status, spend }) => [status, spend])).toEqual(
    expect.arrayContaining([
      ['success', 0.048],
      ['failure', 0],
      ['failure', 0],
    ]),
  );
  expect(rows.find(({ status }) => status === 'success')).toMatchObject({
    api_key: sha256(key),
    total_tokens: 26,
    model: 'openai/priced',
    model_group: 'priced',
    user: 'ann',
    end_user: 'c',
    metadata: { user_api_key: sha256(key), user_api_key_alias: 'a' },
  });
  expect(JSON.stringify(body)).not.toContain(key);
});

it('the logs are paged and filtered, and need their dates', async () => {
  const { send, newKey, chat, advance } = bench();
  const key = await newKey();
  for (const content of ['a', 'b', '!status=500']) {
    await chat(key, content);
    advance(1);
  }
  const page = await send(`GET /spend/logs/v2?${days}&page_size=1&page=2`);
  expect(page.body).toMatchObject({ total: 3, total_pages: 3, data: [{ status: 'success' }] });
  expect((await send(`GET /spend/logs/v2?${days}&status_filter=failure`)).body.total).toBe(1);
  expect((await send(`GET /spend/logs/v2?${days}&min_spend=0.001`)).body.total).toBe(2);
  expect((await send('GET /spend/logs/v2')).body.error).toMatchObject({ type: 'bad_request', code: '400' });
});

it('/spend/logs gives rows, or with dates a sum for every day', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey({ user_id: 'ann' });
  await chat(key, call48);
  expect((await send(`GET /spend/logs?api_key=${key}`)).body).toMatchObject([{ spend: 0.048, status: 'success' }]);
  const sums = (await send(`GET /spend/logs?${days}`)).body;
  expect(sums).toMatchObject([
    { startTime: '2026-11-21', spend: 0.048, users: { ann: 0.048 }, [sha256(key)]: 0.048 },
    { startTime: '2026-11-22', spend: 0 },
  ]);
  expect((await send(`GET /spend/logs?${days}&summarize=false`)).body).toHaveLength(1);
});

it('C67 the daily activity sums to the same tokens as the calls, by user and by team', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /team/new', { team_id: 't' });
  const key = await newKey({ user_id: 'ann', team_id: 't' });
  await chat(key, call48);
  await chat(key, '!status=500');
  const { body } = await send(`GET /user/daily/activity?${days}&api_key=${sha256(key)}`);
  expect(body.results).toMatchObject([
    {
      date: '2026-11-21',
      metrics: { spend: 0.048, total_tokens: 26, api_requests: 2, successful_requests: 1, failed_requests: 1 },
      breakdown: { api_keys: { [sha256(key)]: { metrics: { spend: 0.048 } } } },
    },
  ]);
  expect(body.metadata).toMatchObject({ total_spend: 0.048, total_tokens: 26, page: 1, has_more: false });
  expect((await send(`GET /team/daily/activity?${days}&team_ids=t`)).body.metadata.total_spend).toBe(0.048);
  expect((await send(`GET /team/daily/activity?${days}&team_ids=none`)).body.results).toEqual([]);
  expect((await send('GET /user/daily/activity')).status).toBe(400);
});

it('the daily activity is also told by customer and by organization', async () => {
  const { send, newKey, chat } = bench({ version: '1.81.12' });
  await send('POST /organization/new', { organization_id: 'o', organization_alias: 'O' });
  await chat(await newKey({ organization_id: 'o' }), call48, { user: 'c' });
  await chat(await newKey(), call48);
  const spent = async (route: string) => (await send(`GET ${route}&${days}`)).body.metadata.total_spend;
  expect(await spent('/customer/daily/activity?end_user_ids=c')).toBe(0.048);
  expect(await spent('/organization/daily/activity?organization_ids=o')).toBe(0.048);
  expect(await spent('/organization/daily/activity?organization_ids=p')).toBe(0);
});

it('a user sees his own logs, and a key without a user none', async () => {
  const { send, newKey, chat } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const [ann, other] = [await newKey({ user_id: 'ann' }), await newKey()];
  await chat(ann, 'hi');
  await chat(other, 'hi');
  expect((await send('GET /spend/logs', undefined, { key: ann })).body).toHaveLength(1);
  expect((await send('GET /spend/logs', undefined, { key: other })).status).toBe(401);
});

it('/spend/calculate prices a prompt without sending it', async () => {
  const { send, standIn } = bench();
  const messages = [{ role: 'user', content: 'a b' }];
  expect((await send('POST /spend/calculate', { model: 'priced', messages })).body).toEqual({ cost: 0.002 });
  expect(standIn.upstreamCalls).toEqual([]);
});
