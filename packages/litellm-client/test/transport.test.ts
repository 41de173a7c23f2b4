import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createLiteLlmClient, LiteLlmError } from '../src/index.ts';
import { allCalls, period } from './helpers/all-calls.ts';
import { collect } from './helpers/collect.ts';
import { type Answer, sendJson, startLocalServer } from './helpers/local-server.ts';

const masterKey = 'sk-1234';
const hash = 'b'.repeat(64);
const dead = 'http://127.0.0.1:1';

async function clientOf(answer: Answer, options: { path?: string; timeoutMs?: number; retries?: number } = {}) {
  const server = await startLocalServer(answer);
  const { path = '', ...rest } = options;
  return { server, client: createLiteLlmClient({ baseUrl: server.url + path, masterKey, ...rest }) };
}

async function failureOf(call: Promise<unknown>): Promise<LiteLlmError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LiteLlmError)) throw new Error(`not a LiteLlmError: ${inspect(error)}`);
  return error;
}

const models = ['m'] as const;

describe('what is sent', () => {
  test.each(['', '/', '/litellm', '/a/b/'])('the path %j of the base URL stays in front', async (path) => {
    const { server, client } = await clientOf((_, response) => sendJson(response, 200, { data: [] }), { path });
    await client.models.info();
    expect(server.seen.map((request) => request.url)).toEqual([`${path.replace(/\/$/, '')}/model/info`]);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer sk-1234');
  });

  test('ids are percent-encoded in a query', async () => {
    const { server, client } = await clientOf((_, response) =>
      sendJson(response, 200, { user_info: { user_id: 'x' } }),
    );
    await client.users.info('ns/tenant#1/a&b=c d');
    expect(server.seen[0]?.url).toBe('/user/info?user_id=ns%2Ftenant%231%2Fa%26b%3Dc+d');
  });

  test('undefined is left out of a body and a query, null is sent', async () => {
    const { server, client } = await clientOf((request, response) =>
      sendJson(response, 200, request.method === 'GET' ? { keys: [], current_page: 1, total_pages: 0 } : {}),
    );
    await client.keys.update(hash, { max_budget: null, tpm_limit: undefined, rpm_limit: 0 });
    await client.keys.list({ user_id: undefined, size: 5 });
    expect(server.seen[0]?.json).toEqual({ key: hash, max_budget: null, rpm_limit: 0 });
    expect(server.seen[1]?.url).toBe('/key/list?size=5&return_full_object=true');
  });

  test('a secret where a hash belongs is refused before anything is sent, and not quoted', async () => {
    const { server, client } = await clientOf((_, response) => sendJson(response, 200, {}));
    const secret = 'sk-planted_secret_0123456789';
    const calls: (() => Promise<unknown>)[] = [
      () => client.keys.info(secret),
      () => client.keys.update(secret, {}),
      () => client.keys.block(secret),
      () => client.keys.unblock(secret),
      () => client.keys.delete([hash, secret]),
      () => client.keys.resetSpend(secret, 0),
      () => client.keys.bulkUpdate([{ key: secret, max_budget: 1 }]),
      () => client.keys.list({ key_hash: secret }),
      () => collect(client.keys.all({ key_hash: secret })),
      () => client.spend.logs({ ...period, api_key: secret }),
      () => collect(client.spend.allLogs({ ...period, api_key: secret })),
      () => client.spend.dailyActivity('user', { ...period, api_key: secret }),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(/SHA-256/);
    for (const call of calls) await expect(call()).rejects.not.toThrow(/planted/);
    expect(server.seen).toEqual([]);
  });

  test('an empty list of models does not compile', () => {
    const client = createLiteLlmClient({ baseUrl: dead, masterKey });
    // @ts-expect-error LiteLLM reads it as "all models"
    const generate = () => client.keys.generate({ models: [] });
    // @ts-expect-error the same
    const update = () => client.keys.update(hash, { models: [] });
    // @ts-expect-error the same
    const user = () => client.users.create({ user_id: 'u', models: [] });
    // @ts-expect-error the same
    const team = () => client.teams.update({ team_id: 't', models: [] });
    expect([generate, update, user, team]).toHaveLength(4);
  });
});

describe('retries', () => {
  test.each(allCalls.filter((one) => one.repeats))('$name is sent again after a 503, twice', async ({ call }) => {
    const { server, client } = await clientOf((_, response) => sendJson(response, 503, { error: { message: 'x' } }));
    expect((await failureOf(call(client))).reason).toBe('server_error');
    expect(server.seen).toHaveLength(3);
  });

  test.each(allCalls.filter((one) => !one.repeats))('$name is sent once, whatever happens', async ({ call }) => {
    const busy = await clientOf((_, response) => sendJson(response, 503, { error: { message: 'x' } }));
    expect((await failureOf(call(busy.client))).reason).toBe('server_error');
    expect(busy.server.seen).toHaveLength(1);
    const cut = await clientOf((_, response) => response.destroy());
    expect((await failureOf(call(cut.client))).reason).toBe('no_answer');
    expect(cut.server.seen).toHaveLength(1);
  });

  test('a call that succeeds the second time succeeds', async () => {
    let calls = 0;
    const { client } = await clientOf((_, response) => {
      calls += 1;
      return calls === 1 ? response.destroy() : sendJson(response, 200, { status: 'healthy', db: 'connected' });
    });
    expect(await client.health.readiness()).toMatchObject({ db: 'connected' });
    expect(calls).toBe(2);
  });

  test.each([400, 401, 403, 404, 408, 409, 422, 429])('a %i is final', async (status) => {
    const body = { error: { message: "Authentication Error, Can't reach database server", type: 'auth_error' } };
    const { server, client } = await clientOf((_, response) =>
      sendJson(response, status, body, { 'retry-after': '0' }),
    );
    await failureOf(client.keys.info(hash));
    expect(server.seen).toHaveLength(1);
  });

  test.each(['Invalid duration format', "{'error': 'LLM Model List not loaded in'}", 'This is an Enterprise feature'])(
    'a 500 that is a refusal is final: %s',
    async (message) => {
      const { server, client } = await clientOf((_, response) => sendJson(response, 500, { error: { message } }));
      await failureOf(client.keys.update(hash, { duration: '1d' }));
      expect(server.seen).toHaveLength(1);
    },
  );

  test('retries: 0 sends once', async () => {
    const { server, client } = await clientOf((_, response) => sendJson(response, 503, {}), { retries: 0 });
    await failureOf(client.keys.info(hash));
    expect(server.seen).toHaveLength(1);
  });
});

describe('failures', () => {
  test('a call that is not answered ends at its deadline', async () => {
    const { client } = await clientOf(() => {}, { timeoutMs: 60 });
    const error = await failureOf(client.keys.info(hash));
    expect([error.reason, error.message]).toEqual(['timeout', 'LiteLLM did not answer within 60 ms.']);
  });

  test('an answer that does not end ends at the deadline as well', async () => {
    const { client } = await clientOf(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      },
      { timeoutMs: 60 },
    );
    expect((await failureOf(client.keys.info(hash))).reason).toBe('timeout');
  });

  test('the deadline includes repetitions', async () => {
    const { client } = await clientOf((_, response) => sendJson(response, 503, {}), { timeoutMs: 60, retries: 50 });
    expect((await failureOf(client.keys.info(hash))).reason).toBe('timeout');
  });

  test('the signal ends a call, at once when it was aborted before', async () => {
    const { server, client } = await clientOf(() => {});
    const controller = new AbortController();
    const failure = failureOf(client.keys.info(hash, controller.signal));
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort(new Error('enough'));
    const error = await failure;
    expect([error.reason, error.cause]).toEqual(['aborted', new Error('enough')]);
    expect((await failureOf(client.keys.info(hash, controller.signal))).reason).toBe('aborted');
    expect(server.seen).toHaveLength(1);
  });

  test('nobody there: the reason names the system error, not the address', async () => {
    const error = await failureOf(createLiteLlmClient({ baseUrl: dead, masterKey, retries: 0 }).keys.info(hash));
    expect([error.reason, error.status]).toEqual(['no_answer', null]);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    [502, 'text/html', '<html>Bad Gateway</html>', 'server_error'],
    [503, 'text/plain', 'no healthy upstream', 'server_error'],
    [404, 'text/html', '<html>Not Found</html>', 'not_litellm'],
    [403, 'text/plain', 'blocked by firewall', 'not_litellm'],
    [404, 'application/json', '{"detail":"Not Found"}', 'no_route'],
    [404, 'application/json', '{"code":404}', 'not_litellm'],
    [200, 'text/html', '<html>Sign in</html>', 'not_litellm'],
    [200, 'application/json', '{"info":{"models":"all"}}', 'not_litellm'],
    [200, 'application/json', '', 'not_litellm'],
  ])('a %i of %s that is not LiteLLM is told as such: %s', async (status, type, body, reason) => {
    const { client } = await clientOf((_, response) => response.writeHead(status, { 'content-type': type }).end(body), {
      retries: 0,
    });
    expect((await failureOf(client.keys.info(hash))).reason).toBe(reason);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await startLocalServer((_, response) => sendJson(response, 200, { info: {} }));
    const { client } = await clientOf((_, response) =>
      response.writeHead(307, { location: `${elsewhere.url}/key/info` }).end(),
    );
    expect((await failureOf(client.keys.info(hash))).reason).toBe('not_litellm');
    expect(elsewhere.seen).toEqual([]);
  });

  test('the error carries what LiteLLM said', async () => {
    const body = {
      error: { message: 'Key with alias already exists', type: 'bad_request_error', param: 'key_alias', code: '400' },
    };
    const { client } = await clientOf((_, response) => sendJson(response, 400, body, { 'retry-after': '7' }));
    const error = await failureOf(client.keys.generate({ models }));
    expect(error).toMatchObject({
      reason: 'alias_taken',
      refused: true,
      status: 400,
      type: 'bad_request_error',
      param: 'key_alias',
      message: 'Key with alias already exists',
      retryAfterSeconds: 7,
    });
  });
});
