import { ApiKeySecret, type Clock, type MirrorKeyChange } from '@keywright/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { never, open } from '../helpers/gateway.ts';
import { mirrorKey, now, unlimitedKey } from '../helpers/keys.ts';
import { type Answer, sendJson, startLocalServer } from '../helpers/local-server.ts';

const secret = new ApiKeySecret('sk-kw_planted_0123456789');
const hash = secret.hash;
const clock: Clock = { now: () => now, after: () => () => {} };

afterEach(() => {
  vi.unstubAllEnvs();
});

async function mirrorOf(answer: Answer) {
  const server = await startLocalServer(answer);
  return { server, mirror: open({ baseUrl: server.url, clock }).mirror };
}

const generated = { key: secret.reveal(), token_id: hash, token: hash };

describe('createKey', () => {
  test('is one call that says everything', async () => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, generated));
    expect(await mirror.createKey(mirrorKey(), secret, never)).toEqual({ tokenId: hash });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/key/generate' });
    expect(server.seen[0]?.json).toEqual({
      key: secret.reveal(),
      key_alias: 'kw/key-1/1',
      key_type: 'llm_api',
      models: ['gpt-a', 'gpt-b'],
      user_id: 'kw/acme/alice',
      team_id: 'team-1',
      max_budget: 1.500000001,
      soft_budget: 1,
      budget_duration: '30d',
      tpm_limit: 1000,
      rpm_limit: 0,
      max_parallel_requests: 5,
      duration: '3600s',
      metadata: mirrorKey().metadata,
      blocked: false,
    });
    expect(server.seen[0]?.body).toContain('"max_budget":1.500000001,');
  });

  test('what has no limit is left out', async () => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, generated));
    await mirror.createKey(unlimitedKey(), secret, never);
    expect(Object.keys(server.seen[0]?.json ?? {}).sort()).toEqual([
      'blocked',
      'key',
      'key_alias',
      'key_type',
      'metadata',
      'models',
      'user_id',
    ]);
  });

  test('an empty list of models never leaves the house', async () => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, generated));
    await expect(mirror.createKey(mirrorKey({ models: [] }), secret, never)).rejects.toMatchObject({
      code: 'internal_error',
    });
    await expect(mirror.updateKey(hash, { models: [] }, never)).rejects.toMatchObject({ code: 'internal_error' });
    expect(server.seen).toEqual([]);
  });

  test.each([
    [3_600_000, '3600s'],
    [3_600_999, '3600s'],
    [1_999, '1s'],
    [999, '1s'],
    [0, '1s'],
    [-60_000, '1s'],
  ])('a key that ends in %i ms gets %s', async (ms, duration) => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, generated));
    await mirror.createKey(mirrorKey({ expiresAt: new Date(now + ms) }), secret, never);
    expect(server.seen[0]?.json).toMatchObject({ duration });
  });

  test('the token id may be called token only', async () => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, 200, { key: 'x', token: hash }));
    expect(await mirror.createKey(mirrorKey(), secret, never)).toEqual({ tokenId: hash });
  });

  test('an answer without a token id leaves the outcome unknown', async () => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, 200, { key: 'x', token_id: null }));
    await expect(mirror.createKey(mirrorKey(), secret, never)).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });
});

describe('findKey', () => {
  const info = {
    key_name: 'sk-...6789',
    key_alias: 'kw/key-1/1',
    soft_budget_cooldown: false,
    spend: 0.048 + 0.048 + 0.048,
    expires: '2026-11-21T07:38:29.010000+00:00',
    created_at: '2026-11-20T10:00:00.250000Z',
    models: ['gpt-a'],
    user_id: 'kw/acme/alice',
    team_id: null,
    max_parallel_requests: 5,
    metadata: { generation: 1, tags: ['theirs'] },
    blocked: null,
    tpm_limit: 1000,
    rpm_limit: 0,
    max_budget: 1.500000001,
    budget_duration: '30d',
    litellm_budget_table: { budget_id: 'b', soft_budget: 1.0 },
    a_field_of_tomorrow: {},
  };

  test('names the key by its hash and maps every field', async () => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, { key: hash, info }));
    expect(await mirror.findKey(hash, never)).toEqual({
      keyHash: hash,
      alias: 'kw/key-1/1',
      liteLlmUserId: 'kw/acme/alice',
      liteLlmTeamId: null,
      models: ['gpt-a'],
      maxBudget: 1_500_000_001n,
      softBudget: 1_000_000_000n,
      budgetDuration: '30d',
      tpmLimit: 1000,
      rpmLimit: 0,
      maxParallelRequests: 5,
      expiresAt: new Date('2026-11-21T07:38:29.010Z'),
      blocked: false,
      metadata: { generation: 1, tags: ['theirs'] },
      spend: 144_000_000n,
      createdAt: new Date('2026-11-20T10:00:00.250Z'),
    });
    expect(server.seen[0]?.url).toBe(`/key/info?key=${hash}`);
  });

  test('null and absent are the same', async () => {
    const { mirror } = await mirrorOf((_, response) =>
      sendJson(response, 200, { info: { litellm_budget_table: null } }),
    );
    expect(await mirror.findKey(hash, never)).toEqual({
      keyHash: hash,
      alias: null,
      liteLlmUserId: null,
      liteLlmTeamId: null,
      models: [],
      maxBudget: null,
      softBudget: null,
      budgetDuration: null,
      tpmLimit: null,
      rpmLimit: null,
      maxParallelRequests: null,
      expiresAt: null,
      blocked: false,
      metadata: {},
      spend: 0n,
      createdAt: null,
    });
  });

  test.each(['2026-11-21T07:38:29.010Z', '2026-11-21T07:38:29.010000', '2026-11-21T08:38:29.010+01:00'])(
    'the time %s is read as UTC',
    async (expires) => {
      vi.stubEnv('TZ', 'Asia/Tokyo');
      const { mirror } = await mirrorOf((_, response) => sendJson(response, 200, { info: { ...info, expires } }));
      expect((await mirror.findKey(hash, never))?.expiresAt).toEqual(new Date('2026-11-21T07:38:29.010Z'));
    },
  );

  test('a time that is none is an outage, not a key without end', async () => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, 200, { info: { ...info, expires: 'soon' } }));
    await expect(mirror.findKey(hash, never)).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });

  test('undefined for a key that is not there, or kept as deleted', async () => {
    const missing = {
      error: { message: 'Key not found in database', type: 'not_found_error', param: 'key', code: '404' },
    };
    const gone = await mirrorOf((_, response) => sendJson(response, 404, missing));
    expect(await gone.mirror.findKey(hash, never)).toBeUndefined();
    const kept = await mirrorOf((_, response) => sendJson(response, 200, { info: { ...info, status: 'deleted' } }));
    expect(await kept.mirror.findKey(hash, never)).toBeUndefined();
  });

  test('a 404 that is not LiteLLM is an outage, not a missing key', async () => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, 404, { detail: 'Not Found' }));
    await expect(mirror.findKey(hash, never)).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });
});

describe('updateKey', () => {
  const changes: [string, MirrorKeyChange, object][] = [
    ['nothing', {}, {}],
    ['a limit', { tpmLimit: 5 }, { tpm_limit: 5 }],
    ['zero, which allows nothing', { maxBudget: 0n, rpmLimit: 0 }, { max_budget: 0, rpm_limit: 0 }],
    [
      'null, which clears',
      {
        maxBudget: null,
        softBudget: null,
        budgetDuration: null,
        tpmLimit: null,
        rpmLimit: null,
        maxParallelRequests: null,
      },
      {
        max_budget: null,
        soft_budget: null,
        budget_duration: null,
        tpm_limit: null,
        rpm_limit: null,
        max_parallel_requests: null,
      },
    ],
    ['no end, in the form that every version takes', { expiresAt: null }, { duration: '-1' }],
    ['an end', { expiresAt: new Date(now + 60_500) }, { duration: '60s' }],
    [
      'owner, models, block',
      { liteLlmUserId: 'kw/acme/bob', models: ['m'], blocked: true },
      { user_id: 'kw/acme/bob', models: ['m'], blocked: true },
    ],
  ];

  test.each(changes)('sends only what changes: %s', async (_, change, body) => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, { key: hash }));
    await mirror.updateKey(hash, change, never);
    expect(server.seen.map(({ url, json }) => [url, json])).toEqual([['/key/update', { key: hash, ...body }]]);
  });

  test.each([
    [404, { message: 'Key not found.', type: 'not_found_error', param: 'key', code: '404' }],
    [
      401,
      {
        message: `Authentication Error: invalid user key - user key does not exist in db. User Key=${hash}`,
        type: 'auth_error',
        param: 'None',
        code: '401',
      },
    ],
  ])('a key that is not there (%i) is a refusal', async (status, error) => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, status, { error }));
    await expect(mirror.updateKey(hash, { tpmLimit: 5 }, never)).rejects.toMatchObject({ code: 'gateway_refused' });
  });
});

describe('blockKey and deleteKey', () => {
  const missing = [
    [404, { error: { message: 'Key not found.', type: 'not_found_error', param: 'key', code: '404' } }],
    [
      404,
      { error: { message: "{'error': 'No keys found'}", type: 'internal_server_error', param: 'None', code: '404' } },
    ],
    [
      401,
      {
        error: {
          message: `Authentication Error, Invalid proxy server token passed. key=${hash}, not found in db.`,
          type: 'token_not_found_in_db',
          param: 'key',
          code: '401',
        },
      },
    ],
  ] as const;

  test('name the key by its hash', async () => {
    const { server, mirror } = await mirrorOf((_, response) => sendJson(response, 200, { deleted_keys: [hash] }));
    await mirror.blockKey(hash, never);
    await mirror.deleteKey(hash, never);
    expect(server.seen.map(({ url, json }) => [url, json])).toEqual([
      ['/key/block', { key: hash }],
      ['/key/delete', { keys: [hash] }],
    ]);
  });

  test.each(missing)('blocking what is not there succeeds (%i)', async (status, body) => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, status, body));
    await expect(mirror.blockKey(hash, never)).resolves.toBeUndefined();
  });

  test('deleting what is not there succeeds', async () => {
    for (const [, body] of missing.slice(0, 2)) {
      const { mirror } = await mirrorOf((_, response) => sendJson(response, 404, body));
      await expect(mirror.deleteKey(hash, never)).resolves.toBeUndefined();
    }
  });

  test('a delete whose answer is lost is sent again, and a 404 then is success', async () => {
    let calls = 0;
    const { mirror } = await mirrorOf((_, response) => {
      calls += 1;
      return calls === 1 ? response.destroy() : sendJson(response, 404, missing[1][1]);
    });
    await expect(mirror.deleteKey(hash, never)).resolves.toBeUndefined();
    expect(calls).toBe(2);
  });
});

describe('errors', () => {
  const error = (message: string, type: string | null = null) => ({ error: { message, type, param: null, code: '0' } });

  test.each([
    [
      'gateway_refused',
      400,
      error("Key with alias 'a' already exists.", 'bad_request_error'),
      "Key with alias 'a' already exists.",
    ],
    ['gateway_refused', 500, error('Internal Server Error, Invalid duration format'), /Invalid duration format/],
    ['gateway_refused', 403, error('This feature is only available for LiteLLM Enterprise users: tags'), /Enterprise/],
    [
      'gateway_unavailable',
      401,
      error('Authentication Error, Invalid API key provided.', 'token_not_found_in_db'),
      /master key/,
    ],
    ['gateway_unavailable', 403, { detail: 'Virtual key is not allowed to call this route.' }, /master key/],
    [
      'gateway_unavailable',
      401,
      error("Authentication Error, Can't reach database server at `x`", 'auth_error'),
      /database/,
    ],
    [
      'gateway_unavailable',
      400,
      error("Authentication Error, Can't reach database server at `x`", 'auth_error'),
      /database/,
    ],
    ['gateway_unavailable', 500, error("{'error': 'DB not connected. See docs'}"), /database/],
    ['gateway_unavailable', 503, error('busy'), 'LiteLLM answered 503: busy'],
    ['gateway_unavailable', 429, error('slow down'), 'LiteLLM answered 429: slow down'],
  ] as const)('%s for a %i', async (code, status, body, message) => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, status, body, { 'retry-after': '9' }));
    const thrown = await mirror.createKey(mirrorKey(), secret, never).catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({ name: 'KeywrightError', code, retryAfterSeconds: 9 });
    expect(thrown).toHaveProperty('message', expect.stringMatching(message));
    expect(thrown).toHaveProperty('cause.name', 'LiteLlmError');
  });

  test('an aborted call leaves the outcome unknown', async () => {
    const { server, mirror } = await mirrorOf(() => {});
    const controller = new AbortController();
    const created = mirror.createKey(mirrorKey(), secret, controller.signal);
    const refused = expect(created).rejects.toMatchObject({
      code: 'gateway_unavailable',
      message: expect.stringMatching(/aborted/),
    });
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort();
    await refused;
  });

  test('a hash that is none is a bug, not an outage', async () => {
    const { mirror } = await mirrorOf((_, response) => sendJson(response, 200, {}));
    await expect(mirror.findKey(secret.reveal(), never)).rejects.toThrow(TypeError);
  });
});
