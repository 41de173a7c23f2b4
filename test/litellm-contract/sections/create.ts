import { expect } from 'vitest';
import { hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Run, type Section } from '../fact.ts';
import { at, listAt, textAt } from '../http.ts';
import { expiredKeyStatus, managementParam, managementType } from '../per-version.ts';

const day = 24 * 60 * 60 * 1000;

async function modelsOf(run: Run, key?: string): Promise<unknown[]> {
  const ids = listAt(await run.get('/v1/models', key), 'data').map((model) => at(model, 'id'));
  return ids.sort();
}

export const create: Section = {
  title: 'Create',
  facts: [
    fact('LL-C1', 'a generated key is "sk-" and 22 URL-safe characters', async (run) => {
      const answer = await run.post('/key/generate', {});
      expect(answer.status).toBe(200);
      expect(textAt(answer, 'key')).toMatch(/^sk-[A-Za-z0-9_-]{22}$/);
    }),

    fact('LL-C2', 'token and token_id are the SHA-256 of the key in hex', async (run) => {
      const { key, answer } = await run.newKey();
      expect(answer.body).toMatchObject({ token: hashOf(key), token_id: hashOf(key) });
    }),

    fact('LL-C3', 'key_name is masked and ends with the last 4 characters of the key', async (run) => {
      const { key, answer } = await run.newKey();
      expect(textAt(answer, 'key_name')).toBe(`sk-...${key.slice(-4)}`);
    }),

    fact('LL-C4', 'a caller-chosen key of 32 characters is taken as it is and works', async (run) => {
      const { key, answer } = await run.newKey({ key: newSecret() });
      expect(key).toHaveLength(3 + 32);
      expect(at(answer.body, 'token_id')).toBe(hashOf(key));
      expect((await run.chat(key, 'hello')).status).toBe(200);
    }),

    fact(
      'LL-C5',
      'a caller-chosen key without "sk-" is refused with 400, and not repeated in the answer',
      async (run) => {
        const key = uniqueName('pk');
        const answer = await run.post('/key/generate', { key });
        const error = {
          type: run.expected(managementType),
          param: run.expected(managementParam),
          code: '400',
        };
        expect(answer).toMatchObject({ status: 400, body: { error } });
        expect(answer.text).not.toContain(key);
        run.record('type', error.type);
      },
    ),

    factSince('1.104.0', 'LL-C6', 'a caller-chosen key of 11 characters is refused with 400', async (run) => {
      const answer = await run.post('/key/generate', { key: newSecret(6) });
      expect(answer.status).toBe(run.expected({ '1.81.12': 200, '1.104.0': 400 }));
      run.record('status', answer.status);
    }),

    fact(
      'LL-C7',
      'an alias that is taken is refused with 400, type bad_request_error, param key_alias',
      async (run) => {
        const alias = uniqueName();
        await run.newKey({ key_alias: alias });
        const second = await run.post('/key/generate', { key_alias: alias });
        expect(second).toMatchObject({
          status: 400,
          body: { error: { type: 'bad_request_error', param: 'key_alias', message: expect.stringContaining(alias) } },
        });
      },
    ),

    fact('LL-C8', 'a key that exists already is refused with 400, or answered with 200 and not stored', async (run) => {
      const first = await run.newKey({ key: newSecret() });
      const second = await run.post('/key/generate', { key: first.key, key_alias: uniqueName() });
      expect([200, 400]).toContain(second.status);
      expect(await run.infoOf(first.hash)).toMatchObject({ key_alias: at(first.answer.body, 'key_alias') });
      run.record('duplicateKeyIsError', second.status === 400);
    }),

    fact('LL-C9', 'the second alias of a key that exists already is in no list', async (run) => {
      const first = await run.newKey({ key: newSecret() });
      const alias = uniqueName();
      await run.post('/key/generate', { key: first.key, key_alias: alias });
      expect(await run.hashesOf(alias)).toEqual([]);
      expect(await run.hashesOf(textAt(first.answer, 'key_alias'))).toEqual([first.hash]);
    }),

    fact('LL-C10', 'an unknown field is ignored', async (run) => {
      const { hash, answer } = await run.newKey({ no_such_field: 1 });
      expect(answer.status).toBe(200);
      expect(await run.infoOf(hash)).toMatchObject({ key_alias: at(answer.body, 'key_alias') });
      expect(await run.infoOf(hash)).not.toHaveProperty('no_such_field');
    }),

    factSince('1.92.2', 'LL-C11', 'max_budget -1 and "NaN" are refused with 400', async (run) => {
      const negative = await run.post('/key/generate', { max_budget: -1 });
      expect(negative).toMatchObject({ status: 400, body: { error: { type: run.expected(managementType) } } });
      const notANumber = await run.post('/key/generate', { max_budget: 'NaN' });
      expect(notANumber.status).toBe(run.expected({ '1.81.12': 500, '1.92.2': 400 }));
      run.record('"NaN"', notANumber.status);
    }),

    factSince('1.104.0', 'LL-C12', 'budget_duration "monthly" resets like "30d": on the 1st at 00:00', async (run) => {
      const resetOf = async (budget_duration: string) => {
        const { hash } = await run.newKey({ max_budget: 1, budget_duration });
        return String(at(await run.infoOf(hash), 'budget_reset_at'));
      };
      const thirtyDays = await resetOf('30d');
      const monthly = await resetOf('monthly');
      expect(thirtyDays).toMatch(/-01T00:00:00/);
      if (run.isBefore('1.104.0')) {
        expect(monthly).toMatch(/T00:00:00/);
        expect(Date.parse(monthly) - run.proxy.now()).toBeLessThanOrEqual(day);
      } else expect(monthly).toBe(thirtyDays);
      run.record('monthly', run.isBefore('1.104.0') ? 'next midnight' : 'the 1st');
    }),

    fact('LL-C13', 'a negative duration is a 500, and a key of "1s" is expired_key when called later', async (run) => {
      const negative = await run.post('/key/generate', { duration: '-60s' });
      expect(negative.status).toBe(500);
      expect(negative.text).toContain('Invalid duration format');
      const { key } = await run.newKey({ duration: '1s' });
      await run.proxy.wait(2_000);
      const status = run.expected(expiredKeyStatus);
      expect(await run.chat(key, 'hello')).toMatchObject({ status, body: { error: { type: 'expired_key' } } });
      run.record('expired', status);
    }),

    fact('LL-C14', 'duration null means that the key never expires', async (run) => {
      const { answer, hash } = await run.newKey({ duration: null });
      expect(at(answer.body, 'expires')).toBeNull();
      expect(await run.infoOf(hash)).toMatchObject({ expires: null });
    }),

    fact('LL-C15', 'models [] means all models, ["m"] only m', async (run) => {
      const all = await run.newKey({ models: [] });
      expect(await modelsOf(run, all.key)).toEqual(await modelsOf(run));
      const one = await run.newKey({ models: ['mock-gpt'] });
      expect(await modelsOf(run, one.key)).toEqual(['mock-gpt']);
    }),

    fact('LL-C16', 'a model that the key may not use is refused before the provider is called', async (run) => {
      const { key } = await run.newKey({ models: ['mock-gpt'] });
      const user = uniqueName();
      const before = await run.proxy.upstreamCalls(user);
      const answer = await run.chat(key, 'hello', { user });
      const status = run.expected({ '1.81.12': 401, '1.92.2': 403 });
      const message = run.expected({
        '1.81.12': 'key not allowed to access model',
        '1.104.0': 'is not available for this API key',
      });
      expect(answer).toMatchObject({
        status,
        body: { error: { type: 'key_model_access_denied', message: expect.stringContaining(message) } },
      });
      expect(await run.proxy.upstreamCalls(user)).toBe(before);
      run.record('status', status);
    }),

    fact('LL-C17', 'a key of type llm_api may not list keys: 403', async (run) => {
      const { key } = await run.newKey({ key_type: 'llm_api' });
      expect(await run.get('/key/list', key)).toMatchObject({ status: 403, body: { detail: expect.anything() } });
    }),

    fact('LL-C18', 'a key of the default type may read its own /key/info', async (run) => {
      const { key, answer } = await run.newKey();
      expect(await run.get('/key/info', key)).toMatchObject({
        status: 200,
        body: { info: { key_alias: at(answer.body, 'key_alias') } },
      });
    }),

    factSince(
      '1.104.0',
      'LL-C49',
      'a service account needs a team, belongs to no user, and carries metadata.service_account_id',
      async (run) => {
        const path = '/key/service-account/generate';
        const teamless = await run.post(path, { key_alias: uniqueName() });
        expect(teamless).toMatchObject({ status: 400, body: { detail: expect.anything() } });
        const team_id = await run.newTeam();
        const made = await run.post(path, { key_alias: uniqueName(), team_id });
        expect(made).toMatchObject({ status: 200, body: { user_id: null } });
        const id = at(await run.infoOf(textAt(made, 'token_id')), 'metadata.service_account_id');
        expect(typeof id).toBe(run.expected({ '1.81.12': 'undefined', '1.104.0': 'string' }));
        run.record('service_account_id', id !== undefined);
      },
    ),

    fact('LL-C50', 'without a licence model_max_budget and tags are refused, and no key is made', async (run) => {
      run.needsNoLicence();
      const alias = uniqueName();
      const budget = { 'mock-gpt': { max_budget: 1, budget_duration: '1d' } };
      const budgets = await run.post('/key/generate', { key_alias: alias, model_max_budget: budget });
      expect(budgets.status).toBeGreaterThanOrEqual(400);
      expect(budgets.text).toMatch(/enterprise|premium/i);
      const tags = await run.post('/key/generate', { key_alias: alias, tags: ['a'] });
      const type = run.expected({ '1.81.12': 'internal_server_error', '1.109.1': 'auth_error' });
      expect(tags).toMatchObject({ status: 403, body: { error: { type } } });
      expect(tags.text).toMatch(/enterprise|premium/i);
      expect(await run.hashesOf(alias)).toEqual([]);
      run.record('type for tags', type);
    }),

    fact('LL-C72', 'of 20 creations with one alias at once at least one succeeds, the others are 400', async (run) => {
      const key_alias = uniqueName();
      const answers = await Promise.all(Array.from({ length: 20 }, () => run.post('/key/generate', { key_alias })));
      const made = answers.filter(({ status }) => status === 200);
      expect(made.length).toBeGreaterThanOrEqual(1);
      for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer.status).toBe(400);
      run.record('aliasRace', made.length > 1);
    }),
  ],
};
