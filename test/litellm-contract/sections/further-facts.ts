import { expect } from 'vitest';
import { Caller, hashOf, newSecret, uniqueName } from '../caller.ts';
import { fact, factSince, type Section } from '../fact.ts';
import { type Answer, at, events, listAt, send, textAt } from '../http.ts';
import { authParam, budgetExceededStatus } from '../per-version.ts';

/** `type` of the provider's 5xx. */
const upstreamFailureType = { '1.81.12': null, '1.104.0': 'internal_server_error' };

export const furtherFacts: Section = {
  title: 'Further facts',
  facts: [
    factSince(
      '1.104.0',
      'LL-C73',
      'a stream that the provider cuts ends with an error event and no finish_reason',
      async (run) => {
        const { key } = await run.newKey();
        const answer = await run.chat(key, '!cut !delay=50 one two three four five', { stream: true });
        expect(answer.status).toBe(200);
        const all = events(answer);
        const done = all.at(-1) === '[DONE]';
        const finished = all.some((event) => typeof at(event, 'choices.0.finish_reason') === 'string');
        const error = all.find((event) => at(event, 'error') !== undefined);
        expect(done).toBe(run.expected({ '1.81.12': true, '1.104.0': false, '1.109.1': true }));
        expect(finished).toBe(run.isBefore('1.104.0'));
        const type = run.expected({ '1.81.12': undefined, '1.104.0': null, '1.109.1': 'internal_server_error' });
        expect(at(error, 'error.type')).toBe(type);
        if (error !== undefined) expect(at(error, 'error.code')).toBe('500');
        run.record('cutStreamReported', error !== undefined);
        run.record('[DONE]', done);
      },
    ),

    fact('LL-C74', "a failure before a stream's first chunk is an error with the provider's status", async (run) => {
      const { key } = await run.newKey();
      const type = run.expected(upstreamFailureType);
      const answer = await run.chat(key, '!status=503', { stream: true });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: '503', type } } });
      run.record('type', type);
    }),

    fact('LL-C75', 'with all deployments cooling down a call is 429', async (run) => {
      await run.peers.beside(async ({ url }) => {
        const peer = new Caller(url, run.proxy.masterKey);
        const { key } = await run.newKey();
        const error = run.expected({
          '1.81.12': { type: 'None', message: expect.stringContaining('No deployments available') },
          '1.104.0': { type: 'all_deployments_in_cooldown' },
        });
        let refused: Answer | undefined;
        await run.eventually(
          async () => {
            refused = await peer.chat(key, '!status=429', { model: 'fake-pair' });
            expect(refused).toMatchObject({ status: 429, body: { error } });
          },
          10_000,
          50,
        );
        const retryAfter = refused?.headers.get('retry-after') ?? null;
        expect(retryAfter).toBe(run.expected({ '1.81.12': null, '1.92.2': '5' }));
        run.record('type', error.type);
        run.record('retry-after', retryAfter);
      });
    }),

    factSince(
      '1.104.0',
      'LL-C76',
      "the provider's 429 is throttling_error; its wait is in llm_provider-retry-after",
      async (run) => {
        const { key } = await run.newKey();
        const { status, body, headers } = await run.chat(key, '!status=429 !retry=7');
        expect({ status, body }).toMatchObject({
          status: 429,
          body: { error: { type: 'throttling_error', message: expect.stringContaining('litellm.RateLimitError') } },
        });
        expect(headers.get('retry-after')).toBeNull();
        const wait = headers.get('llm_provider-retry-after');
        expect(wait).toBe(run.expected({ '1.81.12': null, '1.104.0': '7' }));
        run.record('llm_provider-retry-after', wait !== null);
      },
    ),

    factSince('1.104.0', 'LL-C77', "the provider's 403 is permission_error", async (run) => {
      const { key } = await run.newKey();
      const type = run.expected({ '1.81.12': null, '1.104.0': 'permission_error' });
      expect(await run.chat(key, '!status=403')).toMatchObject({
        status: 403,
        body: { error: { type, message: expect.stringContaining('litellm.') } },
      });
      run.record('type', type);
    }),

    fact('LL-C78', "the provider's 5xx keeps its status; the message starts with `litellm.`", async (run) => {
      const { key } = await run.newKey();
      const type = run.expected(upstreamFailureType);
      for (const status of [500, 502, 503, 504]) {
        const answer = await run.chat(key, `!status=${status}`);
        expect(answer).toMatchObject({
          status,
          body: { error: { type, message: expect.stringMatching(/^litellm\./) } },
        });
      }
      run.record('type', type);
    }),

    fact('LL-C79', 'no 401 carries www-authenticate or retry-after', async (run) => {
      const { key, hash } = await run.newKey();
      await run.post('/key/block', { key: hash });
      const answers = [
        await send(run.url, { method: 'GET', path: '/v1/models' }),
        await run.chat('no-such-key', 'hello'),
        await run.chat(newSecret(), 'hello'),
        await run.chat(key, 'hello'),
      ];
      for (const { status, headers } of answers) {
        expect(status).toBe(401);
        expect(headers.has('www-authenticate')).toBe(false);
        expect(headers.has('retry-after')).toBe(false);
      }
    }),

    fact('LL-C80', 'an unknown model is 400 "Invalid model name passed in" for the master key', async (run) => {
      const answer = await run.chat(run.proxy.masterKey, 'hello', { model: uniqueName() });
      const type = run.expected({ '1.81.12': 'None', '1.104.0': 'invalid_request_error' });
      expect(answer).toMatchObject({ status: 400, body: { error: { type } } });
      const message = textAt(answer, 'error.message');
      expect(message).toContain('Invalid model name passed in');
      expect(message.startsWith("{'error': ")).toBe(run.isBefore('1.92.2'));
      run.record('type', type);
    }),

    fact('LL-C81', 'a duration that cannot be read is a 500 "Invalid duration format"', async (run) => {
      const answer = await run.post('/key/generate', { duration: 'soon' });
      expect(answer).toMatchObject({ status: 500, body: { error: { type: 'internal_server_error' } } });
      expect(textAt(answer, 'error.message')).toContain('Invalid duration format');
    }),

    fact('LL-C82', 'a wrong JSON type is 422 with the place of the field', async (run) => {
      const answer = await run.post('/key/generate', { models: 7 });
      expect(answer.status).toBe(422);
      expect(listAt(answer, 'detail').map((detail) => at(detail, 'loc'))).toContainEqual(['body', 'models']);
    }),

    fact('LL-C83', 'a team, a user and a model that do not exist are accepted for a key', async (run) => {
      for (const fields of [{ team_id: uniqueName() }, { user_id: uniqueName() }, { models: [uniqueName()] }]) {
        const { hash } = await run.newKey(fields);
        expect(await run.infoOf(hash)).toMatchObject(fields);
      }
    }),

    fact('LL-C84', 'a key without a user may neither generate nor delete keys: 401 "Only proxy admin"', async (run) => {
      const { key, hash } = await run.newKey();
      const param = run.expected(authParam);
      const refused = {
        status: 401,
        body: { error: { type: 'auth_error', param, message: expect.stringContaining('Only proxy admin') } },
      };
      expect(await run.post('/key/generate', {}, key)).toMatchObject(refused);
      expect(await run.post('/key/delete', { keys: [hash] }, key)).toMatchObject(refused);
      run.record('param', param);

      // a service account has no user either; from 1.104.0 on it is refused for other reasons
      const team_id = await run.newTeam();
      const made = await run.post('/key/service-account/generate', { key_alias: uniqueName(), team_id });
      const ownTeam = await run.post('/key/generate', { team_id }, textAt(made, 'key'));
      const type = run.expected({ '1.81.12': 'auth_error', '1.104.0': 'team_member_permission_error' });
      expect(ownTeam).toMatchObject({ status: 401, body: { error: { type } } });
      const noTeam = await run.post('/key/generate', {}, textAt(made, 'key'));
      expect(noTeam.status).toBe(run.expected({ '1.81.12': 401, '1.104.0': 403 }));
      run.record('service account without team_id', noTeam.status);
    }),

    fact('LL-C85', 'the spent budget of a team and of a user are budget_exceeded, and named', async (run) => {
      const team_id = await run.newTeam({ max_budget: 0.01 });
      const user_id = await run.newUser({ max_budget: 0.01 });
      const status = run.expected(budgetExceededStatus);
      for (const [owner, name] of [
        [{ team_id }, `Team=${team_id}`],
        [{ user_id }, `User=${user_id}`],
      ] as const) {
        const { key } = await run.newKey(owner);
        await run.eventually(async () => {
          const answer = await run.chat(key, '!tokens=22 a b c', { model: 'fake-priced', max_tokens: 22 });
          const message = expect.stringContaining(name);
          expect(answer).toMatchObject({ status, body: { error: { type: 'budget_exceeded', message } } });
        });
      }
      run.record('status', status);
    }),

    fact('LL-C86', '/user/info of an unknown user is 404', async (run) => {
      const answer = await run.get(`/user/info?user_id=${uniqueName()}`);
      const type = run.expected({ '1.81.12': 'internal_server_error', '1.109.1': 'invalid_request_error' });
      expect(answer).toMatchObject({ status: 404, body: { error: { code: '404', type } } });
      run.record('type', type);
    }),

    fact('LL-C87', 'without a database a management call is 500 "DB not connected", as a Python repr', async (run) => {
      const peer = new Caller(await run.peers.withoutDatabase(), run.proxy.masterKey);
      const answer = await peer.post('/key/generate', {});
      expect(answer).toMatchObject({ status: 500, body: { error: { type: 'internal_server_error' } } });
      expect(textAt(answer, 'error.message')).toMatch(/^\{'error': ['"].*DB not connected/);
    }),

    fact('LL-C88', 'a new key is not blocked: null or false', async (run) => {
      const { hash } = await run.newKey();
      expect([null, false]).toContain(at(await run.infoOf(hash), 'blocked'));
    }),

    fact('LL-C89', '/v2/key/info with a missing key is 200', async (run) => {
      const { hash } = await run.newKey();
      const answer = await run.post('/v2/key/info', { keys: [hash, hashOf(newSecret())] });
      expect(answer.status).toBe(200);
      const [row, ...others] = listAt(answer, 'info');
      expect(others).toEqual([]);
      expect(at(row, 'token')).toBe(run.isBefore('1.92.2') ? hash : undefined);
      run.record('v2InfoHasToken', run.isBefore('1.92.2'));
    }),

    factSince(
      '1.92.2',
      'LL-C90',
      'a submitted key comes back in no error but the failed_updates of /key/bulk_update',
      async (run) => {
        const key = newSecret();
        const answers: [string, Answer][] = [
          ['/key/info', await run.get(`/key/info?key=${key}`)],
          ...(await Promise.all(
            (
              [
                ['/key/update', { key, max_budget: 5 }],
                ['/key/block', { key }],
                ['/key/unblock', { key }],
                ['/key/delete', { keys: [key] }],
                ['/key/bulk_update', { keys: [{ key, max_budget: 5 }] }],
                ['/key/generate', { key, max_budget: -1 }],
                ['/key/generate', { key, duration: 'soon' }],
              ] as const
            ).map(async ([path, body]): Promise<[string, Answer]> => [path, await run.post(path, body)]),
          )),
          ['/chat/completions', await run.chat(key, 'hello')],
        ];
        const leaks = answers.filter(([, { text }]) => text.includes(key)).map(([path]) => path);
        expect(leaks).toEqual(
          run.expected({
            '1.81.12': ['/key/update', '/key/bulk_update'],
            '1.92.2': ['/key/bulk_update'],
          }),
        );
        run.record('returned by', leaks.join(', '));
      },
    ),

    factSince(
      '1.104.0',
      'LL-C91',
      '/management/v1/budgets refuses an unknown parameter with 400 problem+json and `allowed`',
      async (run) => {
        const answer = await run.get('/management/v1/budgets?no_such_parameter=1');
        const status = run.expected({ '1.81.12': 404, '1.104.0': 400 });
        expect(answer.status).toBe(status);
        if (status === 400) {
          expect(answer.headers.get('content-type')).toContain('application/problem+json');
          expect(answer.body).toMatchObject({ status: 400, detail: expect.any(String), allowed: expect.any(Array) });
        }
        run.record('status', status);
      },
    ),

    factSince(
      '1.104.0',
      'LL-C92',
      'an alias with control characters or ".." is 400 "Invalid key_alias"',
      async (run) => {
        const status = run.expected({ '1.81.12': 200, '1.104.0': 400 });
        for (const key_alias of [`${uniqueName()}\u0001`, `../${uniqueName()}`]) {
          const answer = await run.post('/key/generate', { key_alias });
          expect(answer.status).toBe(status);
          if (status === 400) expect(answer.text).toContain('Invalid key_alias');
        }
        run.record('status', status);
      },
    ),

    factSince(
      '1.92.2',
      'LL-C93',
      'a database that is gone while a call is authenticated is 503 no_db_connection',
      async (run) => {
        await run.peers.beside(async (beside) => {
          const peer = new Caller(beside.url, run.proxy.masterKey);
          const { key, hash } = await run.newKey();
          beside.cutDatabase();
          try {
            const expected = run.expected({
              '1.81.12': { chat: 401, type: 'auth_error', update: 400 },
              '1.92.2': { chat: 503, type: 'no_db_connection', update: 400 },
              '1.109.1': { chat: 503, type: 'no_db_connection', update: 503 },
            });
            const chat = await peer.chat(key, 'hello');
            expect(chat).toMatchObject({ status: expected.chat, body: { error: { type: expected.type } } });
            const update = await peer.post('/key/update', { key: hash, max_budget: 5 });
            expect(update.status).toBe(expected.update);
            run.record('call', chat.status);
            run.record('/key/update', update.status);
          } finally {
            beside.restoreDatabase();
          }
        });
      },
    ),
  ],
};
