import { expect, it } from 'vitest';
import { bench, call48 } from '../support/client.ts';

it('organizations need a licence on the newest release, and a key cannot be in one', async () => {
  const { send } = bench();
  for (const route of ['POST /organization/new', 'PATCH /organization/update', 'DELETE /organization/delete']) {
    const { status, body } = await send(route, {});
    expect([status, body.detail.error]).toEqual([403, expect.stringContaining('LiteLLM Enterprise')]);
  }
  expect((await send('GET /organization/list')).status).toBe(403);
  const key = await send('POST /key/generate', { organization_id: 'o' });
  expect([key.status, key.body.error.message]).toEqual([500, expect.stringContaining("doesn't exist in db")]);
});

it('before, an organization is made, read, changed and deleted', async () => {
  const { send } = bench({ version: '1.81.12' });
  const { body } = await send('POST /organization/new', {
    organization_id: 'o',
    organization_alias: 'O',
    max_budget: 1,
  });
  expect(body).toMatchObject({ organization_id: 'o', litellm_budget_table: { max_budget: 1 } });
  expect((await send('POST /organization/new', {})).status).toBe(422);
  const updated = await send('PATCH /organization/update', { organization_id: 'o', max_budget: 2 });
  expect(updated.body.litellm_budget_table).toMatchObject({ max_budget: 2 });
  expect((await send('GET /organization/info?organization_id=o')).body.organization_alias).toBe('O');
  expect((await send('GET /organization/list?org_alias=o')).body).toHaveLength(1);
  expect((await send('DELETE /organization/delete', { organization_ids: ['o'] })).body).toHaveLength(1);
  expect((await send('DELETE /organization/delete', { organization_ids: ['o'] })).status).toBe(404);
});

it('the spent budget of an organization refuses its keys', async () => {
  const { send, newKey, chat } = bench({ version: '1.81.12' });
  await send('POST /organization/new', { organization_id: 'o', organization_alias: 'O', max_budget: 0.01 });
  const key = await newKey({ organization_id: 'o' });
  await chat(key, call48);
  expect((await chat(key, 'hi')).body.error.message).toContain('Organization=o');
});
