import { expect, test } from 'vitest';
import { never, open } from '../helpers/gateway.ts';
import { sendJson, startLocalServer } from '../helpers/local-server.ts';

const team = { liteLlmTeamId: 'team-acme', name: 'Acme' };
const error = (message: string, type = 'internal_server_error') => ({ error: { message, type, param: null } });

test('a team is created with its name, or without one', async () => {
  const server = await startLocalServer((_, response) => sendJson(response, 200, { team_id: 'team-acme' }));
  const { mirror } = open({ baseUrl: server.url });
  await mirror.ensureTeam(team, never);
  await mirror.ensureTeam({ ...team, name: null }, never);
  expect(server.seen.map(({ url, json }) => [url, json])).toEqual([
    ['/team/new', { team_id: 'team-acme', team_alias: 'Acme' }],
    ['/team/new', { team_id: 'team-acme' }],
  ]);
});

test.each([
  [400, error("{'error': 'Team id = team-acme already exists. Please use a different team id.'}")],
  [500, error('Unique constraint failed on the fields: (`team_id`)')],
  [500, error('Internal Server Error, Unique constraint failed on the fields: (`team_id`)')],
])('a team that is there, or that another node creates just now (%i), is not touched', async (status, body) => {
  const server = await startLocalServer((_, response) => sendJson(response, status, body));
  await open({ baseUrl: server.url }).mirror.ensureTeam(team, never);
  expect(server.seen.map(({ url }) => url)).toEqual(['/team/new']);
});

test('any other trouble is one', async () => {
  const server = await startLocalServer((_, response) => sendJson(response, 500, error('Internal Server Error.')));
  const ensured = open({ baseUrl: server.url }).mirror.ensureTeam(team, never);
  await expect(ensured).rejects.toMatchObject({ code: 'gateway_unavailable' });
});
