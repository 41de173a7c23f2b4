import { describe, expect, test } from 'vitest';
import { createLiteLlmClient } from '../src/index.ts';
import { collect } from './helpers/collect.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

const hash = 'b'.repeat(64);
const masterKey = 'sk-1234';

describe('keys.list', () => {
  /** As 1.83.3 to 1.89 answer: filters are substrings there. */
  const rows = [
    { token: hash, user_id: 'alice', team_id: 't', key_alias: 'a' },
    { token: 'c'.repeat(64), user_id: 'alice2', team_id: 't2', key_alias: 'a2' },
  ];

  test.each([{ user_id: 'alice' }, { team_id: 't' }, { key_alias: 'a' }, { key_hash: hash }])(
    'keeps only what matches %j exactly',
    async (filter) => {
      const answer = { keys: rows, total_count: 2, current_page: 1, total_pages: 1 };
      const server = await startLocalServer((_, response) => sendJson(response, 200, answer));
      const list = await createLiteLlmClient({ baseUrl: server.url, masterKey }).keys.list(filter);
      expect(list.keys.map((row) => row.token)).toEqual([hash]);
      expect(list).toMatchObject({ total_count: 2, current_page: 1, total_pages: 1 });
    },
  );

  test.each([{ user_id: 'alice' }, { team_id: 't' }, { key_alias: 'a' }, { key_hash: hash }])(
    'over all pages keeps only what matches %j exactly',
    async (filter) => {
      const answer = { keys: rows, total_count: 2, current_page: 1, total_pages: 1 };
      const server = await startLocalServer((_, response) => sendJson(response, 200, answer));
      const { keys } = createLiteLlmClient({ baseUrl: server.url, masterKey });
      expect((await collect(keys.all(filter))).map((row) => row.token)).toEqual([hash]);
      expect((await collect(keys.pages(filter))).map((page) => page.length)).toEqual([1]);
      expect(await collect(keys.pages({ user_id: 'nobody' }))).toEqual([]);
      expect(server.seen[0]?.url).toContain('sort_by=token&sort_order=asc&page=1&size=100&return_full_object=true');
    },
  );

  test("keeps the keys of a user's teams where they are asked for", async () => {
    const answer = { keys: rows, total_count: 2, current_page: 1, total_pages: 1 };
    const server = await startLocalServer((_, response) => sendJson(response, 200, answer));
    const { keys } = createLiteLlmClient({ baseUrl: server.url, masterKey });
    expect(await collect(keys.all({ user_id: 'alice', include_team_keys: true }))).toHaveLength(2);
  });

  test('without a filter keeps all', async () => {
    const answer = { keys: rows, total_count: null, current_page: 1, total_pages: 1 };
    const server = await startLocalServer((_, response) => sendJson(response, 200, answer));
    const list = await createLiteLlmClient({ baseUrl: server.url, masterKey }).keys.list();
    expect(list.keys).toHaveLength(2);
  });
});

test('fields that the types do not name pass', async () => {
  const info = { key_alias: 'a', a_field_of_tomorrow: { deep: 1 } };
  const server = await startLocalServer((_, response) => sendJson(response, 200, { info }));
  const key = await createLiteLlmClient({ baseUrl: server.url, masterKey }).keys.info(hash);
  expect(key.a_field_of_tomorrow).toEqual({ deep: 1 });
  expect(key).toMatchObject({ blocked: false, max_budget: null, models: [] });
});

test('liveliness, deletion of users, names of models', async () => {
  const answers = new Map<string, unknown>([
    ['/health/liveliness', "I'm alive!"],
    ['/user/delete', 2],
    ['/v1/models', { data: [{ id: 'm1', object: 'model' }], object: 'list' }],
    ['/key/delete', { deleted_keys: [hash] }],
    ['/key/unblock', { token: hash, blocked: false }],
  ]);
  const server = await startLocalServer((request, response) => sendJson(response, 200, answers.get(request.url)));
  const client = createLiteLlmClient({ baseUrl: server.url, masterKey });
  expect(await client.health.liveliness()).toBeUndefined();
  expect(await client.users.delete(['a', 'b'])).toBe(2);
  expect(await client.models.list()).toEqual(['m1']);
  expect(await client.keys.delete([hash])).toEqual([hash]);
  expect(await client.keys.unblock(hash)).toBeUndefined();
  expect(server.seen.map((request) => request.json)).toContainEqual({ user_ids: ['a', 'b'] });
});
