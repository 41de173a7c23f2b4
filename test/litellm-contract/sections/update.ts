import { expect } from 'vitest';
import { hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Section } from '../fact.ts';
import { at } from '../http.ts';
import { expiredKeyStatus } from '../per-version.ts';

export const update: Section = {
  title: 'Update',
  facts: [
    fact('LL-C28', 'an update leaves every field unchanged that it does not name', async (run) => {
      const { hash } = await run.newKey({
        max_budget: 1,
        budget_duration: '30d',
        rpm_limit: 7,
        duration: '30d',
        models: ['mock-gpt'],
        metadata: { a: 1 },
      });
      const before = await run.infoOf(hash);
      expect((await run.post('/key/update', { key: hash, max_budget: 5 })).status).toBe(200);
      const touched = { updated_at: 0, settings_updated_at: 0 };
      expect({ ...Object(await run.infoOf(hash)), ...touched }).toEqual({
        ...Object(before),
        ...touched,
        max_budget: 5,
      });
    }),

    fact('LL-C29', 'null clears a limit', async (run) => {
      const limits = { max_budget: 1, tpm_limit: 10, rpm_limit: 10, max_parallel_requests: 1 };
      const cleared = { max_budget: null, tpm_limit: null, rpm_limit: null, max_parallel_requests: null };
      const owner = { user_id: uniqueName() };
      const { hash } = await run.newKey({ ...limits, ...owner, budget_duration: '30d', duration: '30d' });
      expect((await run.post('/key/update', { key: hash, ...cleared })).status).toBe(200);
      expect(await run.infoOf(hash)).toMatchObject(cleared);
      run.record('nullClears', true);

      // names too, but not models: their absence would open all
      const names = { key_alias: null, user_id: null };
      expect((await run.post('/key/update', { key: hash, ...names })).status).toBe(200);
      expect(await run.infoOf(hash)).toMatchObject(names);
      expect((await run.post('/key/update', { key: hash, models: null })).status).toBe(400);

      // for a time span null is another matter
      await run.post('/key/update', { key: hash, budget_duration: null, duration: null });
      const { budget_duration, expires } = Object(await run.infoOf(hash));
      const kept = run.isBefore('1.92.2');
      expect({ budget_duration, hasExpiry: expires !== null }).toEqual({
        budget_duration: kept ? '30d' : null,
        hasExpiry: kept,
      });
      run.record('nullClearsDurations', !kept);
    }),

    fact('LL-C30', 'null does not clear model_rpm_limit', async (run) => {
      const { hash } = await run.newKey({ model_rpm_limit: { 'mock-gpt': 5 } });
      expect((await run.post('/key/update', { key: hash, model_rpm_limit: null })).status).toBe(200);
      expect(await run.infoOf(hash)).toMatchObject({ metadata: { model_rpm_limit: { 'mock-gpt': 5 } } });
    }),

    fact('LL-C31', 'metadata is replaced as a whole', async (run) => {
      const { hash } = await run.newKey({ metadata: { b: 2 } });
      await run.post('/key/update', { key: hash, metadata: { a: 1 } });
      expect(at(await run.infoOf(hash), 'metadata')).toEqual({ a: 1 });
    }),

    fact('LL-C32', 'model_rpm_limit, and with a licence tags, come back in metadata', async (run) => {
      const tags = run.proxy.licensed ? { tags: ['a'] } : {};
      const fields = { model_rpm_limit: { 'mock-gpt': 5 }, ...tags };
      const { hash } = await run.newKey(fields);
      expect(await run.infoOf(hash)).toMatchObject({ metadata: fields });
    }),

    factSince('1.92.2', 'LL-C33', 'an update of an unknown key is 404 not_found_error, param key', async (run) => {
      const answer = await run.post('/key/update', { key: hashOf(newSecret()), max_budget: 5 });
      expect(answer).toMatchObject(
        run.expected<object>({
          '1.81.12': { status: 401, body: { error: { type: 'auth_error' } } },
          '1.92.2': { status: 404, body: { error: { type: 'not_found_error', param: 'key' } } },
        }),
      );
      run.record('status', answer.status);
    }),

    fact('LL-C34', 'an update without key and alias is 422 with a list of details', async (run) => {
      const nameless = await run.post('/key/update', { max_budget: 5 });
      expect(nameless).toMatchObject({ status: 422, body: { detail: expect.any(Array) } });
      const alias = uniqueName();
      const { hash } = await run.newKey({ key_alias: alias });
      const byAlias = await run.post('/key/update', { key_alias: alias, max_budget: 5 });
      expect(byAlias.status).toBe(run.expected({ '1.81.12': 422, '1.104.0': 200 }));
      expect(at(await run.infoOf(hash), 'max_budget')).toBe(run.expected({ '1.81.12': null, '1.104.0': 5 }));
      run.record('byAlias', byAlias.status === 200);
    }),

    fact('LL-C35', 'duration "1s" lets a key expire', async (run) => {
      const { key, hash } = await run.newKey();
      expect((await run.chat(key, 'hello')).status).toBe(200);
      await run.post('/key/update', { key: hash, duration: '1s' });
      await run.proxy.wait(2_000);
      const status = run.expected(expiredKeyStatus);
      expect(await run.chat(key, 'hello')).toMatchObject({ status, body: { error: { type: 'expired_key' } } });
      run.record('expired', status);
    }),

    fact('LL-C36', "another key's alias is refused with 400, the key's own is not", async (run) => {
      const [taken, own] = [uniqueName(), uniqueName()];
      await run.newKey({ key_alias: taken });
      const { hash } = await run.newKey({ key_alias: own });
      const refused = await run.post('/key/update', { key: hash, key_alias: taken });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'key_alias' } } });
      expect((await run.post('/key/update', { key: hash, key_alias: own })).status).toBe(200);
    }),
  ],
};
