import { expect } from 'vitest';
import { hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Section } from '../fact.ts';
import { at, listAt } from '../http.ts';
import { managementType } from '../per-version.ts';

export const readAndList: Section = {
  title: 'Read and list',
  facts: [
    fact('LL-C19', '/key/info answers alike for the hash and for the plaintext, and without `token`', async (run) => {
      const { key, hash } = await run.newKey();
      const byHash = await run.get(`/key/info?key=${hash}`);
      expect(byHash).toMatchObject({ status: 200, body: { key: hash } });
      const byKey = await run.get(`/key/info?key=${key}`);
      expect(at(byKey.body, 'info')).toEqual(at(byHash.body, 'info'));
      expect(at(byHash.body, 'info')).not.toHaveProperty('token');
    }),

    fact('LL-C20', '/key/info of an unknown hash is 404 not_found_error', async (run) => {
      expect(await run.get(`/key/info?key=${hashOf(newSecret())}`)).toMatchObject({
        status: 404,
        body: { error: { type: 'not_found_error' } },
      });
    }),

    fact('LL-C21', '/key/info of a deleted key is 404, or 200 with status "deleted"', async (run) => {
      const { hash } = await run.newKey();
      await run.post('/key/delete', { keys: [hash] });
      const answer = await run.get(`/key/info?key=${hash}`);
      if (run.isBefore('1.104.0')) expect(answer.status).toBe(404);
      else expect(answer).toMatchObject({ status: 200, body: { info: { status: 'deleted' } } });
      run.record('deletedInfo', answer.status === 200 ? 'deleted' : 404);
    }),

    fact('LL-C22', '/key/list gives hashes, with return_full_object=true rows with `token`', async (run) => {
      const user_id = uniqueName();
      const { hash } = await run.newKey({ user_id });
      expect(await run.get(`/key/list?user_id=${user_id}`)).toMatchObject({ status: 200, body: { keys: [hash] } });
      expect(await run.get(`/key/list?user_id=${user_id}&return_full_object=true`)).toMatchObject({
        status: 200,
        body: { keys: [{ token: hash }] },
      });
    }),

    fact('LL-C23', '/key/list has pages of up to 100; a page beyond the end is empty', async (run) => {
      const user_id = uniqueName();
      for (let index = 0; index < 5; index++) await run.newKey({ user_id });
      const list = (query: string) => run.get(`/key/list?user_id=${user_id}&${query}`);
      expect((await list('size=101')).status).toBe(422);
      expect(await list('size=100')).toMatchObject({ status: 200, body: { total_count: 5, total_pages: 1 } });
      expect(await list('size=2')).toMatchObject({ status: 200, body: { total_pages: 3, current_page: 1 } });
      expect(await list('size=2&page=9')).toMatchObject({ status: 200, body: { keys: [] } });
    }),

    fact('LL-C24', '/key/list?user_id=alice does not give keys of alice2', async (run) => {
      const alice = uniqueName();
      const { hash } = await run.newKey({ user_id: alice });
      await run.newKey({ user_id: `${alice}2` });
      expect(listAt(await run.get(`/key/list?user_id=${alice}`), 'keys')).toEqual([hash]);
      run.record('exactUserFilter', true);
    }),

    fact('LL-C25', '/key/list?key_alias= finds exactly that alias, and nothing for its beginning', async (run) => {
      const alias = uniqueName();
      const { hash } = await run.newKey({ key_alias: alias });
      expect(await run.hashesOf(alias)).toEqual([hash]);
      expect(await run.hashesOf(alias.slice(0, -2))).toEqual([]);
    }),

    fact('LL-C26', '/key/list refuses an unknown sort_by or status with 400', async (run) => {
      const type = run.expected(managementType);
      const refused = { status: 400, body: { error: { type } } };
      expect(await run.get('/key/list?sort_by=bad')).toMatchObject(refused);
      expect(await run.get('/key/list?status=bad')).toMatchObject(refused);
      const known = run.expected({
        '1.81.12': ['deleted'],
        '1.104.0': ['active', 'expired', 'revoked', 'deleted'],
      });
      for (const status of ['active', 'expired', 'revoked', 'deleted']) {
        const answer = await run.get(`/key/list?status=${status}&size=1`);
        expect([status, answer.status]).toEqual([status, known.includes(status) ? 200 : 400]);
      }
      run.record('status', known.join(', '));
    }),

    factSince('1.92.2', 'LL-C27', '/key/aliases has pages, and `search` finds what contains it', async (run) => {
      const alias = uniqueName();
      await run.newKey({ key_alias: alias });
      await run.newKey({ key_alias: `${alias}2` });
      const answer = await run.get(`/key/aliases?search=${alias.slice(2)}&size=1`);
      expect(answer.status).toBe(200);
      if (run.isBefore('1.92.2')) {
        expect(Object.keys(Object(answer.body))).toEqual(['aliases']);
        expect(listAt(answer, 'aliases')).toEqual(expect.arrayContaining([alias, `${alias}2`]));
      } else {
        expect(answer.body).toMatchObject({ total_count: 2, current_page: 1, total_pages: 2, size: 1 });
        expect(listAt(answer, 'aliases')).toHaveLength(1);
      }
      run.record('paged', !run.isBefore('1.92.2'));
    }),
  ],
};
