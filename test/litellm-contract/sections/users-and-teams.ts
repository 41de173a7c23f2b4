import { expect } from 'vitest';
import { uniqueName } from '../caller.ts';
import { fact, type Section } from '../fact.ts';
import { at, listAt } from '../http.ts';
import { managementParam, managementType } from '../per-version.ts';

export const usersAndTeams: Section = {
  title: 'Users and teams',
  facts: [
    fact(
      'LL-C51',
      'a user that exists is 409; auto_create_key:false makes no key, the default one without alias',
      async (run) => {
        const user_id = await run.newUser();
        const keys = async (id: string) =>
          listAt(await run.get(`/key/list?user_id=${id}&return_full_object=true`), 'keys');
        expect(await keys(user_id)).toEqual([]);
        const error = { type: run.expected(managementType), param: run.expected(managementParam) };
        expect(await run.post('/user/new', { user_id })).toMatchObject({ status: 409, body: { error } });
        const withKey = await run.newUser({ auto_create_key: undefined });
        expect(await keys(withKey)).toMatchObject([{ key_alias: null }]);
        run.record('type', error.type);
      },
    ),

    fact('LL-C52', '/user/delete answers with the number 1; the user and its keys are 404', async (run) => {
      const user_id = await run.newUser();
      const { key, hash } = await run.newKey({ user_id });
      expect((await run.chat(key, 'hello')).status).toBe(200);
      expect(await run.post('/user/delete', { user_ids: [user_id] })).toMatchObject({ status: 200, body: 1 });
      const used = await run.chat(key, 'hello');
      expect(used.status).toBe(run.expected({ '1.81.12': 200, '1.104.0': 401 }));
      expect((await run.get(`/key/info?key=${hash}`)).status).toBe(404);
      expect((await run.get(`/user/info?user_id=${user_id}`)).status).toBe(404);
      run.record('userDeleteEvicts', used.status === 401);
    }),

    fact('LL-C53', 'a team member that is one already is team_member_already_in_team', async (run) => {
      const [team_id, user_id] = [await run.newTeam(), await run.newUser()];
      const add = () => run.post('/team/member_add', { team_id, member: { role: 'user', user_id } });
      expect((await add()).status).toBe(200);
      expect(await add()).toMatchObject({
        status: 400,
        body: { error: { type: 'team_member_already_in_team', param: 'member' } },
      });
    }),

    fact('LL-C54', 'a team takes the id that was asked for; deleting it deletes its keys', async (run) => {
      const team_id = uniqueName('team');
      expect(await run.newTeam({ team_id })).toBe(team_id);
      const { key, hash } = await run.newKey({ team_id });
      expect((await run.chat(key, 'hello')).status).toBe(200);
      expect((await run.post('/team/delete', { team_ids: [team_id] })).status).toBe(200);
      const used = await run.chat(key, 'hello');
      expect(used.status).toBe(run.expected({ '1.81.12': 200, '1.104.0': 401 }));
      const info = await run.get(`/key/info?key=${hash}`);
      if (run.isBefore('1.104.0')) expect(info.status).toBe(404);
      else expect(at(info.body, 'info.status')).toBe('deleted');
      run.record('teamDeleteEvicts', used.status === 401);
      run.record('keyInfo', info.status === 404 ? 404 : 'deleted');
    }),
  ],
};
