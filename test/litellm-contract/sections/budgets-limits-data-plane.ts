import { expect } from 'vitest';
import { Caller, hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Run, type Section } from '../fact.ts';
import { at, events, listAt, send, textAt } from '../http.ts';
import { authParam, budgetExceededStatus, ownLimitType } from '../per-version.ts';

/** A call of 4 words in and 22 out: 4 × 0.001 + 22 × 0.002 USD. */
const costly = (run: Run, key: string) => run.chat(key, '!tokens=22 a b c', { model: 'fake-priced', max_tokens: 22 });
const cost = 0.048;

/** Every path that this suite calls, but for those that LiteLLM hides from its description. */
const describedPaths = [
  '/key/generate',
  '/key/service-account/generate',
  '/key/update',
  '/key/delete',
  '/key/info',
  '/key/list',
  '/key/aliases',
  '/key/block',
  '/key/unblock',
  '/key/health',
  '/key/bulk_update',
  '/key/{key}/regenerate',
  '/key/{key}/reset_spend',
  '/user/new',
  '/user/info',
  '/user/update',
  '/user/delete',
  '/user/daily/activity',
  '/team/new',
  '/team/update',
  '/team/member_add',
  '/team/delete',
  '/models',
  '/v1/models',
  '/v1/chat/completions',
  '/spend/logs/v2',
  '/health/readiness',
  '/health/liveliness',
];

export const budgetsLimitsDataPlane: Section = {
  title: 'Budgets, limits, data plane',
  facts: [
    fact('LL-C55', 'a budget of 0.10 lets three calls of 0.048 pass and refuses the fourth', async (run) => {
      const { key, hash } = await run.newKey({ max_budget: 0.1 });
      for (let call = 1; call <= 3; call++) {
        expect((await costly(run, key)).status).toBe(200);
        await run.eventually(async () => expect(await run.infoOf(hash)).toMatchObject({ spend: near(call * cost) }));
      }
      const status = run.expected(budgetExceededStatus);
      expect(await costly(run, key)).toMatchObject({ status, body: { error: { type: 'budget_exceeded' } } });
      run.record('status', status);
    }),

    fact('LL-C56', 'error.code is the status as a string', async (run) => {
      const { key } = await run.newKey({ models: ['mock-gpt'] });
      const answers = [
        await run.chat(newSecret(), 'hello'),
        await run.chat(key, 'hello'),
        await run.chat(key, 'hello', { model: 'mock-gpt', stream_options: 7, messages: 'none' }),
        await run.get(`/key/info?key=${hashOf(newSecret())}`),
        await run.post('/key/generate', { key: uniqueName('pk') }),
        await run.post('/key/generate', { duration: 'bad' }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(at(answer.body, 'error.code')).toBe(String(answer.status));
      }
    }),

    fact('LL-C57', 'three calls of 0.048 become a spend of exactly 0.144 in /key/info within 30 s', async (run) => {
      const { key, hash } = await run.newKey();
      for (let call = 1; call <= 3; call++) expect((await costly(run, key)).status).toBe(200);
      const lag = await run.eventually(async () =>
        expect(await run.infoOf(hash)).toMatchObject({ spend: near(0.144) }),
      );
      run.record('lag in s', Math.ceil(lag / 1000));
    }),

    fact(
      'LL-C58',
      'an answer carries its cost, the spend of its key, a call id and the version; a refusal or a management route no version',
      async (run) => {
        const { key } = await run.newKey();
        const { headers } = await costly(run, key);
        expect(Number(headers.get('x-litellm-response-cost'))).toBeCloseTo(cost, 9);
        for (const name of ['key-spend', 'call-id', 'version']) expect(headers.get(`x-litellm-${name}`)).toBeTruthy();
        expect((await run.get('/key/list?size=1')).headers.has('x-litellm-version')).toBe(false);
        expect((await run.chat(newSecret(), 'hello')).headers.has('x-litellm-version')).toBe(false);
      },
    ),

    fact('LL-C59', 'rpm_limit 2 refuses the third call with 429, retry-after 60, and names the key', async (run) => {
      const { key, hash } = await run.newKey({ rpm_limit: 2 });
      for (let call = 1; call <= 2; call++) expect((await run.chat(key, 'hello')).status).toBe(200);
      const refused = await run.chat(key, 'hello');
      const type = run.expected(ownLimitType);
      expect(refused).toMatchObject({ status: 429, body: { error: { type } } });
      expect(refused.headers.get('retry-after')).toBe('60');
      expect(refused.headers.get('rate_limit_type')).toBe('requests');
      const message = textAt(refused, 'error.message');
      expect(message).toMatch(/^Rate limit exceeded for api_key: /);
      expect(message).toContain(hash);
      expect(message).toContain('Limit type: requests');
      run.record('type', type);
    }),

    fact('LL-C60', 'max_parallel_requests 1 refuses a second call while the first runs', async (run) => {
      const { key } = await run.newKey({ max_parallel_requests: 1 });
      const end = await run.beginStream(key, '!tokens=20 !delay=500');
      const second = await run.chat(key, 'hello');
      await end();
      const type = run.expected(ownLimitType);
      expect(second).toMatchObject({ status: 429, body: { error: { type } } });
      expect(textAt(second, 'error.message')).toContain('Limit type: max_parallel_requests');
      run.record('type', type);
    }),

    fact('LL-C61', 'x-ratelimit-api_key-remaining-requests decreases with every call', async (run) => {
      const { key } = await run.newKey({ rpm_limit: 10 });
      const remaining = async () =>
        Number((await run.chat(key, 'hello')).headers.get('x-ratelimit-api_key-remaining-requests'));
      const first = await remaining();
      expect(await remaining()).toBe(first - 1);
      expect(first).toBe(9);
    }),

    fact('LL-C62', 'a stream with include_usage ends with a usage chunk and [DONE]', async (run) => {
      const { key } = await run.newKey();
      const stream_options = { include_usage: true };
      const answer = await run.chat(key, 'one two three', { stream: true, stream_options });
      const [usage, done] = events(answer).slice(-2);
      expect(done).toBe('[DONE]');
      expect(usage).toMatchObject({ usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
    }),

    fact('LL-C63', 'no key and a malformed key are 401 auth_error, each in its own words', async (run) => {
      const param = run.expected(authParam);
      const request = { method: 'POST', path: '/v1/chat/completions', body: { model: 'fake-gpt', messages: [] } };
      const refusal = (message: string) => ({
        status: 401,
        body: { error: { type: 'auth_error', param, message: expect.stringContaining(message) } },
      });
      expect(await send(run.url, request)).toMatchObject(refusal('No api key passed in.'));
      expect(await run.chat('no-such-key', 'hello')).toMatchObject(refusal("expected to start with 'sk-'"));
      run.record('param', param);
    }),

    factSince(
      '1.104.0',
      'LL-C64',
      "the provider's 401 is authentication_error, and never token_not_found_in_db",
      async (run) => {
        const { key } = await run.newKey();
        const type = run.expected({ '1.81.12': null, '1.104.0': 'authentication_error' });
        expect(await run.chat(key, '!status=401')).toMatchObject({
          status: 401,
          body: { error: { type, message: expect.stringContaining('litellm.AuthenticationError') } },
        });
        run.record('type', type);
      },
    ),

    fact('LL-C65', 'x-litellm-api-key authenticates like Authorization', async (run) => {
      const { key } = await run.newKey({ models: ['mock-gpt'] });
      const answer = await send(run.url, { method: 'GET', path: '/v1/models', headers: { 'x-litellm-api-key': key } });
      expect(answer).toMatchObject({ status: 200, body: { data: [{ id: 'mock-gpt' }] } });
    }),

    fact(
      'LL-C66',
      '/spend/logs/v2 lists calls by the hash of their key, failures with spend 0 among them',
      async (run) => {
        const { key, hash } = await run.newKey();
        expect((await costly(run, key)).status).toBe(200);
        expect((await run.chat(key, '!status=500', { model: 'fake-priced' })).status).toBe(500);
        const [from, to] = [dayFrom(run, -1), dayFrom(run, 1)].map((day) => encodeURIComponent(`${day} 00:00:00`));
        const query = `start_date=${from}&end_date=${to}&api_key=${hash}`;
        await run.eventually(async () => {
          const rows = listAt(await run.get(`/spend/logs/v2?${query}`), 'data');
          expect(rows.map((row) => at(row, 'api_key'))).toEqual([hash, hash]);
          expect(rows.map((row) => at(row, 'spend')).sort()).toEqual([0, near(cost)]);
        });
      },
    ),

    fact('LL-C67', '/user/daily/activity of a key sums up the tokens of its calls', async (run) => {
      const { key, hash } = await run.newKey();
      for (let call = 1; call <= 2; call++) expect((await costly(run, key)).status).toBe(200);
      const query = `start_date=${dayFrom(run, -1)}&end_date=${dayFrom(run, 1)}&api_key=${hash}`;
      await run.eventually(async () => {
        expect(at((await run.get(`/user/daily/activity?${query}`)).body, 'metadata')).toMatchObject({
          total_prompt_tokens: 8,
          total_completion_tokens: 44,
          total_tokens: 52,
          total_spend: near(2 * cost),
        });
      });
    }),

    fact(
      'LL-C68',
      '/health/readiness tells status and db, /health/liveliness is 200, both without a key',
      async (run) => {
        const ask = (path: string) => send(run.url, { method: 'GET', path });
        const { status, body } = await ask('/health/readiness');
        expect(status).toBe(200);
        if (run.isBefore('1.92.2')) expect(body).toMatchObject({ status: 'connected', db: 'connected' });
        else expect(body).toEqual({ status: 'healthy', db: 'connected' });
        expect(await ask('/health/liveliness')).toMatchObject({ status: 200, body: "I'm alive!" });
        run.record('status', run.isBefore('1.92.2') ? 'connected' : 'healthy');
      },
    ),

    fact('LL-C69', '/openapi.json names the version that answers carry, and every path used here', async (run) => {
      const { key } = await run.newKey();
      const version = (await run.chat(key, 'hello')).headers.get('x-litellm-version');
      const { body } = await send(run.url, { method: 'GET', path: '/openapi.json' });
      expect(at(body, 'info.version')).toBe(version);
      const paths = Object.keys(Object(at(body, 'paths')));
      expect(describedPaths.filter((path) => !paths.includes(path))).toEqual([]);
    }),

    fact('LL-C70', 'without Redis a second proxy refuses a blocked key within 65 s', async (run) => {
      await run.peers.beside(async ({ url }) => {
        const peer = new Caller(url, run.proxy.masterKey);
        const { key, hash } = await run.newKey();
        expect((await peer.chat(key, 'hello')).status).toBe(200);
        await run.post('/key/block', { key: hash });
        expect((await run.chat(key, 'hello')).status).toBe(401);
        const lag = await run.eventually(async () => expect((await peer.chat(key, 'hello')).status).toBe(401), 65_000);
        run.record('lag in s', Math.ceil(lag / 1000));
      });
    }),

    fact('LL-C71', 'litellm-changed-by is accepted on every route that changes something', async (run) => {
      const headers = { 'litellm-changed-by': 'somebody' };
      const [user_id, team_id, alias] = [uniqueName('user'), uniqueName('team'), uniqueName()];
      const key = newSecret();
      const calls: [string, object][] = [
        ['/user/new', { user_id, auto_create_key: false }],
        ['/user/update', { user_id, max_budget: 5 }],
        ['/team/new', { team_id }],
        ['/team/update', { team_id, max_budget: 5 }],
        ['/team/member_add', { team_id, member: { role: 'user', user_id } }],
        ['/key/generate', { key, key_alias: alias }],
        ['/key/update', { key: hashOf(key), max_budget: 5 }],
        ['/key/block', { key: hashOf(key) }],
        ['/key/unblock', { key: hashOf(key) }],
        ['/key/bulk_update', { keys: [{ key: hashOf(key), max_budget: 6 }] }],
        ['/key/delete', { keys: [hashOf(key)] }],
        ['/team/delete', { team_ids: [team_id] }],
        ['/user/delete', { user_ids: [user_id] }],
      ];
      for (const [path, body] of calls) {
        const { status } = await run.post(path, body, run.proxy.masterKey, { headers });
        expect([path, status]).toEqual([path, 200]);
      }
    }),
  ],
};

/** Equal but for what adding floating-point numbers leaves. */
const near = (value: number) => expect.closeTo(value, 9);

/** A date so many days from the proxy's today. */
const dayFrom = (run: Run, days: number) => new Date(run.proxy.now() + days * 86_400_000).toISOString().slice(0, 10);
