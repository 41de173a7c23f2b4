import { expect } from 'vitest';
import { hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Section } from '../fact.ts';
import { listAt, textAt } from '../http.ts';
import { authParam, managementParam, managementType } from '../per-version.ts';

export const blockDeleteRotateBulk: Section = {
  title: 'Block, delete, rotate, bulk',
  facts: [
    fact('LL-C37', 'a blocked key is refused at once with 401 auth_error; blocking twice is no error', async (run) => {
      const { key, hash } = await run.newKey();
      expect((await run.chat(key, 'hello')).status).toBe(200);
      const blocked = { status: 200, body: { token: hash, blocked: true } };
      expect(await run.post('/key/block', { key: hash })).toMatchObject(blocked);
      const error = {
        type: 'auth_error',
        param: run.expected(authParam),
        message: expect.stringContaining('Key is blocked'),
      };
      expect(await run.chat(key, 'hello')).toMatchObject({ status: 401, body: { error } });
      expect(await run.post('/key/block', { key: hash })).toMatchObject(blocked);
      run.record('param', error.param);
    }),

    factSince(
      '1.92.2',
      'LL-C38',
      'unblocking restores a key; to block an unknown key is 404, a malformed one 400',
      async (run) => {
        const { key, hash } = await run.newKey();
        await run.post('/key/block', { key: hash });
        const unblocked = await run.post('/key/unblock', { key: hash });
        expect(unblocked).toMatchObject({ status: 200, body: { blocked: false } });
        expect((await run.chat(key, 'hello')).status).toBe(200);
        const unknown = await run.post('/key/block', { key: hashOf(newSecret()) });
        expect(unknown).toMatchObject(
          run.expected<object>({
            '1.81.12': { status: 401, body: { error: { type: 'token_not_found_in_db' } } },
            '1.92.2': { status: 404, body: { error: { type: 'not_found_error', param: 'key' } } },
          }),
        );
        expect((await run.post('/key/block', { key: 'abc' })).status).toBe(400);
        run.record('unknown', unknown.status);
      },
    ),

    fact('LL-C39', '/key/delete of an existing and a missing key is 200 and names both as deleted', async (run) => {
      const { hash } = await run.newKey();
      const keys = [hash, hashOf(newSecret())];
      expect(await run.post('/key/delete', { keys })).toMatchObject({ status: 200, body: { deleted_keys: keys } });
    }),

    fact('LL-C40', '/key/delete of missing keys alone is 404', async (run) => {
      const error = {
        type: run.expected(managementType),
        param: run.expected(managementParam),
        message: expect.stringContaining('No keys found'),
      };
      const answer = await run.post('/key/delete', { keys: [hashOf(newSecret())] });
      expect(answer).toMatchObject({ status: 404, body: { error } });
      run.record('type', error.type);
    }),

    fact('LL-C41', '/key/delete works by alias; an empty body is 422', async (run) => {
      const alias = uniqueName();
      await run.newKey({ key_alias: alias });
      expect((await run.post('/key/delete', { key_aliases: [alias] })).status).toBe(200);
      expect(await run.hashesOf(alias)).toEqual([]);
      expect((await run.post('/key/delete', {})).status).toBe(422);
    }),

    fact('LL-C42', 'a call with a deleted key is 401 token_not_found_in_db, param key', async (run) => {
      const { key, hash } = await run.newKey();
      expect((await run.chat(key, 'hello')).status).toBe(200);
      await run.post('/key/delete', { keys: [hash] });
      const answer = await run.chat(key, 'hello');
      expect(answer).toMatchObject({ status: 401, body: { error: { type: 'token_not_found_in_db', param: 'key' } } });
      const namesHash = run.isBefore('1.108.10');
      expect(textAt(answer, 'error.message').includes(hash)).toBe(namesHash);
      run.record('namesHash', namesHash);
    }),

    fact('LL-C43', 'an alias is free again right after its key is deleted', async (run) => {
      const key_alias = uniqueName();
      const { hash } = await run.newKey({ key_alias });
      await run.post('/key/delete', { keys: [hash] });
      const second = await run.newKey({ key_alias });
      expect(await run.hashesOf(key_alias)).toEqual([second.hash]);
    }),

    fact('LL-C44', 'without a licence /key/regenerate is refused, and the old key works on', async (run) => {
      run.needsNoLicence();
      const { key, hash } = await run.newKey();
      const answer = await run.post(`/key/${hash}/regenerate`, {});
      expect(answer.status).toBe(500);
      expect(answer.text).toMatch(/Enterprise/);
      expect((await run.chat(key, 'hello')).status).toBe(200);
    }),

    fact(
      'LL-C45',
      'with a licence /key/regenerate takes new_key, keeps spend, and the old key for a grace',
      async (run) => {
        run.needsLicence();
        const { key, hash } = await run.newKey({ spend: 0.5 });
        const new_key = newSecret();
        const answer = await run.post(`/key/${hash}/regenerate`, { new_key, grace_period: '1h' });
        expect(answer).toMatchObject({ status: 200, body: { key: new_key, token_id: hashOf(new_key) } });
        expect(await run.infoOf(hashOf(new_key))).toMatchObject({ spend: 0.5 });
        expect(await run.infoOf(hash)).toMatchObject({ status: 'deleted' });
        expect((await run.chat(new_key, 'hello')).status).toBe(200);
        expect((await run.chat(key, 'hello')).status).toBe(200);
        await run.post('/key/delete', { keys: [hashOf(new_key)] });
      },
    ),

    fact('LL-C46', '/key/bulk_update reports failures one by one; more than 500 keys are 400', async (run) => {
      const { hash } = await run.newKey();
      const missing = hashOf(newSecret());
      const keys = [hash, missing].map((key) => ({ key, max_budget: 5 }));
      const mixed = await run.post('/key/bulk_update', { keys });
      expect(mixed).toMatchObject({ status: 200, body: { total_requested: 2 } });
      expect(listAt(mixed, 'successful_updates')).toMatchObject([{ key: hash }]);
      expect(listAt(mixed, 'failed_updates')).toMatchObject([{ key: missing, failed_reason: expect.any(String) }]);
      expect(await run.infoOf(hash)).toMatchObject({ max_budget: 5 });
      const many = Array.from({ length: 501 }, () => ({ key: missing, max_budget: 5 }));
      const refused = await run.post('/key/bulk_update', { keys: many });
      expect(refused).toMatchObject({ status: 400, body: { detail: expect.anything() } });
    }),

    factSince(
      '1.104.0',
      'LL-C47',
      'reset_spend sets spend, but not above what it is (400) nor to true (422)',
      async (run) => {
        const { hash } = await run.newKey({ spend: 2 });
        const reset = (reset_to: unknown) => run.post(`/key/${hash}/reset_spend`, { reset_to });
        expect((await reset(3)).status).toBe(400);
        const word = await reset(true);
        expect(word.status).toBe(run.expected({ '1.81.12': 200, '1.104.0': 422 }));
        const before = word.status === 200 ? 1 : 2;
        expect(await reset(0)).toMatchObject({
          status: 200,
          body: { key_hash: hash, spend: 0, previous_spend: before },
        });
        expect(await run.infoOf(hash)).toMatchObject({ spend: 0 });
        run.record('true', word.status);
      },
    ),

    fact('LL-C48', '/key/health calls a working key healthy', async (run) => {
      const { key } = await run.newKey();
      expect(await run.post('/key/health', undefined, key)).toMatchObject({
        status: 200,
        body: { key: 'healthy', logging_callbacks: null },
      });
    }),
  ],
};
