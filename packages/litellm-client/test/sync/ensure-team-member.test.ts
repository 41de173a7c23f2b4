import { expect, test } from 'vitest';
import { memberAdder } from '../../src/sync/ensure-team-member.ts';
import { never, open } from '../helpers/gateway.ts';
import { sendJson, startLocalServer } from '../helpers/local-server.ts';

test('a user becomes a member, and stays one who is one already', async () => {
  const already = { error: { message: 'User already in team.', type: 'team_member_already_in_team', param: 'member' } };
  let calls = 0;
  const server = await startLocalServer((_, response) => {
    calls += 1;
    if (calls === 1) sendJson(response, 200, { team_id: 'team-acme' });
    else sendJson(response, 400, already);
  });
  const { mirror } = open({ baseUrl: server.url });
  for (let n = 0; n < 2; n++) await mirror.ensureTeamMember('team-acme', 'alice', never);
  const request = ['/team/member_add', { team_id: 'team-acme', member: { role: 'user', user_id: 'alice' } }];
  expect(server.seen.map(({ url, json }) => [url, json])).toEqual([request, request]);
});

test('members are added one after the other, and one that fails holds up nobody', async () => {
  const asked: string[] = [];
  const added: string[] = [];
  let running = 0;
  const add = memberAdder({
    async addMember(_, { user_id }) {
      asked.push(user_id);
      running += 1;
      await new Promise(setImmediate); // whoever does not wait for his turn is here by now
      expect(running).toBe(1);
      running -= 1;
      if (user_id === 'a') throw new Error('refused');
      return added.push(user_id) > 0;
    },
  });
  const users = ['a', 'b', 'c', 'd'];
  const outcomes = await Promise.allSettled(users.map((user) => add('team-acme', user, never)));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect([asked, added]).toEqual([users, users.slice(1)]);
});
