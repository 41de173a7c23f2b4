import type { MirrorUser } from '@keywright/core';
import { describe, expect, test } from 'vitest';
import { never, open } from '../helpers/gateway.ts';
import { type SeenRequest, sendJson, startLocalServer } from '../helpers/local-server.ts';

const user: MirrorUser = {
  liteLlmUserId: 'kw/acme/alice',
  email: 'alice@example.com',
  maxBudget: 5_000_000_000n,
  tpmLimit: 100,
  rpmLimit: 0,
};
const unlimited: MirrorUser = { ...user, email: null, maxBudget: null, tpmLimit: null, rpmLimit: null };
const exists = {
  error: { message: "{'error': 'User with id x already exists'}", type: 'internal_server_error', code: '409' },
};

async function requestsOf(wanted: MirrorUser, answers: [status: number, body: unknown][]): Promise<SeenRequest[]> {
  const left = [...answers];
  const server = await startLocalServer((_, response) => sendJson(response, ...(left.shift() ?? [500, {}])));
  await open({ baseUrl: server.url }).mirror.ensureUser(wanted, never);
  return server.seen;
}

test('a new user is created, without a key beside it', async () => {
  const requests = await requestsOf(user, [[200, { user_id: 'kw/acme/alice', key: '' }]]);
  expect(requests.map(({ url, json }) => [url, json])).toEqual([
    [
      '/user/new',
      {
        user_id: 'kw/acme/alice',
        user_email: 'alice@example.com',
        max_budget: 5,
        tpm_limit: 100,
        rpm_limit: 0,
        auto_create_key: false,
      },
    ],
  ]);
});

test('what has no limit is left out', async () => {
  const [created] = await requestsOf(unlimited, [[200, { user_id: 'kw/acme/alice' }]]);
  expect(created?.json).toEqual({ user_id: 'kw/acme/alice', auto_create_key: false });
});

test('a user that is there, or whose e-mail somebody else has, is brought up to date; null clears, and of the e-mail the empty text', async () => {
  const stored = { data: { user_id: 'kw/acme/alice', tpm_limit: null, rpm_limit: null } };
  const requests = await requestsOf(unlimited, [
    [409, exists],
    [200, stored],
  ]);
  expect(requests.map(({ url, json }) => [url, json]).slice(1)).toEqual([
    ['/user/update', { user_id: 'kw/acme/alice', user_email: '', max_budget: null, tpm_limit: null, rpm_limit: null }],
  ]);
});

test('a version that does not take a rate limit away gets one out of sight, once', async () => {
  const stored = (tpm_limit: number) => ({ data: { user_id: 'kw/acme/alice', tpm_limit, rpm_limit: null } });
  const requests = await requestsOf(unlimited, [
    [409, exists],
    [200, stored(100)],
    [200, stored(2 ** 53 - 1)],
  ]);
  expect(requests.map(({ json }) => json).slice(2)).toEqual([{ user_id: 'kw/acme/alice', tpm_limit: 2 ** 53 - 1 }]);
  expect(
    await requestsOf(unlimited, [
      [409, exists],
      [200, stored(2 ** 53 - 1)],
    ]),
  ).toHaveLength(2);
});

describe('a limit that LiteLLM kept, though it answered 200, does not pass for one that was changed', () => {
  const stored = { user_id: 'kw/acme/alice', max_budget: 5, tpm_limit: 100, rpm_limit: 0 };

  test.each([
    ['max_budget', { ...stored, max_budget: 4 }],
    ['max_budget', { ...stored, max_budget: null }],
    ['tpm_limit', { ...stored, tpm_limit: 99 }],
    ['rpm_limit', { ...stored, rpm_limit: null }],
  ])('%s', async (name, data) => {
    const answers: [number, unknown][] = [
      [409, exists],
      [200, { data }],
    ];
    await expect(requestsOf(user, answers)).rejects.toMatchObject({
      code: 'gateway_refused',
      message: `LiteLLM answered 200 and left ${name} of the user as it was: this version cannot change it.`,
    });
  });

  test('nor does one that could not even be raised out of sight', async () => {
    const kept = { data: { ...stored, max_budget: null, rpm_limit: null } };
    const answers: [number, unknown][] = [
      [409, exists],
      [200, kept],
      [200, kept],
    ];
    await expect(requestsOf(unlimited, answers)).rejects.toThrow('left tpm_limit of the user as it was');
  });

  test('the wanted ones are taken as they are, zero and null too', async () => {
    const answers: [number, unknown][] = [
      [409, exists],
      [200, { data: stored }],
    ];
    expect(await requestsOf(user, answers)).toHaveLength(2);
  });
});
