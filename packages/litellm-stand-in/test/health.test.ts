import { expect, it } from 'vitest';
import { bench } from './support/client.ts';

it('/health names the deployments, and the details of readiness the release, to callers with a key', async () => {
  const { send, newKey } = bench();
  const key = await newKey();
  expect((await send('GET /health', undefined, { key })).body).toMatchObject({
    healthy_endpoints: [{ model: 'openai/priced' }, { model: 'openai/other' }],
    unhealthy_count: 0,
  });
  expect((await send('GET /health/readiness/details', undefined, { key })).body.litellm_version).toBe('1.109.1');
  expect((await send('GET /health/readiness/details', undefined, { key: null })).status).toBe(401);
});

it('there is no licence and no audit log', async () => {
  const { send } = bench();
  expect((await send('GET /health/license')).body).toMatchObject({ has_license: false });
  expect((await send('GET /audit')).body).toMatchObject({ audit_logs: [], total: 0 });
});

it('C71 a change on behalf of someone names him', async () => {
  const { send } = bench();
  const headers = { 'litellm-changed-by': 'alice' };
  const { token } = (await send('POST /key/generate', {}, { headers })).body;
  expect((await send('POST /key/update', { key: token, max_budget: 1 }, { headers })).body.updated_by).toBe('alice');
  await send('POST /key/delete', { keys: [token] }, { headers });
  expect((await send(`GET /key/info?key=${token}`)).body.info.deleted_by).toBe('alice');
});

it('a key of each type calls the routes of its type and is refused on all others', async () => {
  const { send, newKey } = bench();
  const statuses = async (key_type: string) => {
    const key = await newKey({ key_type });
    const routes = ['GET /v1/models', 'GET /key/info', 'GET /budget/list', 'GET /spend/logs', 'GET /health'];
    return Promise.all(routes.map(async (route) => (await send(route, undefined, { key })).status));
  };
  expect(await statuses('llm_api')).toEqual([200, 403, 403, 403, 403]);
  expect(await statuses('management')).toEqual([403, 200, 403, 401, 403]);
  expect(await statuses('read_only')).toEqual([200, 200, 403, 403, 200]);
  expect(await statuses('default')).toEqual([200, 200, 401, 401, 200]);
});

it('models are described in pages, in groups and by id', async () => {
  const { send } = bench();
  const page = (await send('GET /v2/model/info?size=1')).body;
  expect(page).toMatchObject({ total_count: 2, total_pages: 2, size: 1, data: [{ model_name: 'priced' }] });
  expect((await send(`GET /model/info?litellm_model_id=${page.data[0].model_info.id}`)).body.data).toHaveLength(1);
  expect((await send('GET /model/info?litellm_model_id=none')).status).toBe(400);
  expect((await send('GET /model_group/info')).body.data).toMatchObject([
    { model_group: 'priced', providers: ['openai'], input_cost_per_token: 0.001 },
    { model_group: 'other' },
  ]);
});
