import { expect, it } from 'vitest';
import { bench } from '../support/client.ts';

const route = 'POST /key/service-account/generate';

it('C49 a service account needs a team that exists', async () => {
  const { send } = bench();
  expect(await send(route, {})).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('team_id is required') },
  });
  expect((await send(route, { team_id: 'none' })).body.detail).toContain('does not exist in the database');
});

it('C49 a service account belongs to no user, has an id of its own that stays, and survives every user', async () => {
  const { send } = bench();
  await send('POST /team/new', { team_id: 't' });
  const { body } = await send(route, { team_id: 't', key_alias: 'svc', user_id: 'ann' });
  expect(body).toMatchObject({ user_id: null, team_id: 't', metadata: { service_account_id: 'svc' } });
  const changed = await send('POST /key/update', { key: body.token, metadata: { service_account_id: 'other' } });
  expect(changed).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
  expect(changed.body.error.message).toContain('service_account_id is immutable');
  expect((await send('POST /key/update', { key: body.token, metadata: { a: 1 } })).body.metadata).toEqual({
    a: 1,
    service_account_id: 'svc',
  });
});

it('C84 a service account makes no keys, not even for its own team', async () => {
  const { send } = bench();
  await send('POST /team/new', { team_id: 't' });
  const { key } = (await send(route, { team_id: 't' })).body;
  const own = await send('POST /key/generate', { team_id: 't' }, { key });
  expect(own).toMatchObject({ status: 401, body: { error: { type: 'team_member_permission_error' } } });
  expect((await send('POST /key/generate', {}, { key })).status).toBe(403);
});
