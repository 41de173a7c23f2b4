import { type LiteLlmVersion, supportedVersions } from '@keywright/litellm-stand-in';
import { expect, it } from 'vitest';
import { type Answer, type Bench, bench, call48, type Json, pricedModel, request, sha256 } from './support/client.ts';
import { events, openStream } from './support/stream.ts';

type Row = [what: string, observe: (bench: Bench) => Promise<unknown>, expected: unknown[]];

const error = ({ status, body }: Answer) => `${status} ${body.error?.type}`;
const unknown = sha256('unknown');

const models = [
  pricedModel,
  { name: 'other', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006 },
  { ...pricedModel, name: 'pair', deployments: 2 },
];

async function deletedKey({ newKey, send }: Bench): Promise<string> {
  const key = await newKey();
  await send('POST /key/delete', { keys: [key] });
  return key;
}

/** What the five releases answer, oldest first; `=` is what the release before answers. */
const table: Row[] = [
  [
    'C5 type of a refusal on management routes',
    async ({ send }) => error(await send('POST /key/generate', { key: 'bad' })),
    ['400 internal_server_error', '=', '=', '=', '400 invalid_request_error'],
  ],
  [
    'C63 param of an auth error',
    async ({ chat }) => (await chat(null, 'x')).body.error.param,
    ['None', '=', '=', '=', null],
  ],
  [
    'C86 param of a management error',
    async ({ send }) => (await send('GET /user/info?user_id=x')).body.error.param,
    ['None', '=', null, '=', '='],
  ],
  [
    'C6 a secret of 11 characters',
    async ({ send }) => (await send('POST /key/generate', { key: 'sk-12345678' })).status,
    [200, '=', 400, '=', '='],
  ],
  [
    'C11 a budget of NaN',
    async ({ send }) => (await send('POST /key/generate', { max_budget: 'NaN' })).status,
    [500, 400, '=', '=', '='],
  ],
  [
    'C12 monthly resets',
    async ({ send, newKey }) => {
      const key = await newKey({ budget_duration: 'monthly' });
      return (await send(`GET /key/info?key=${key}`)).body.info.budget_reset_at.slice(0, 10);
    },
    ['2026-11-22', '=', '2026-12-01', '=', '='],
  ],
  [
    'C13 an expired key',
    async ({ newKey, chat, advance }) => {
      const key = await newKey({ duration: '1s' });
      advance(1);
      return (await chat(key, 'x')).status;
    },
    [400, 401, '=', '=', '='],
  ],
  [
    'C16 a denied model',
    async ({ newKey, chat }) => {
      const { status, body } = await chat(await newKey({ models: ['other'] }), 'x');
      return `${status} ${body.error.message.slice(0, 19)}`;
    },
    ['401 key not allowed to ', '403 key not allowed to ', '403 The requested model', '=', '='],
  ],
  [
    'C21 /key/info of a deleted key',
    async (b) => (await b.send(`GET /key/info?key=${sha256(await deletedKey(b))}`)).status,
    [404, '=', 200, '=', '='],
  ],
  [
    'C26 status=active',
    async ({ send }) => (await send('GET /key/list?status=active')).status,
    [400, '=', 200, '=', '='],
  ],
  [
    'C27 /key/aliases',
    async ({ send }) => Object.keys((await send('GET /key/aliases')).body).length,
    [1, 5, '=', '=', '='],
  ],
  [
    'C33 an unknown key on update',
    async ({ send }) => error(await send('POST /key/update', { key: unknown })),
    ['401 auth_error', '404 not_found_error', '=', '=', '='],
  ],
  [
    'C38 an unknown key on block',
    async ({ send }) => error(await send('POST /key/block', { key: unknown })),
    ['401 token_not_found_in_db', '404 not_found_error', '=', '=', '='],
  ],
  [
    'C34 an update by alias',
    async ({ send, newKey }) => {
      await newKey({ key_alias: 'a' });
      return (await send('POST /key/update', { key_alias: 'a' })).status;
    },
    [422, '=', 200, '=', '='],
  ],
  [
    'C42 the message for an unknown key names the hash',
    async (b) => {
      const key = await deletedKey(b);
      return (await b.chat(key, 'x')).body.error.message.includes(sha256(key));
    },
    [true, '=', '=', false, '='],
  ],
  [
    'C50 type of the licence gate for tags',
    async ({ send }) => error(await send('POST /key/generate', { tags: ['a'] })),
    ['403 internal_server_error', '=', '=', '=', '403 auth_error'],
  ],
  [
    'C52 a key in use right after /user/delete',
    async ({ send, newKey, chat }) => {
      await send('POST /user/new', { user_id: 'u', auto_create_key: false });
      const key = await newKey({ user_id: 'u' });
      await chat(key, 'x');
      await send('POST /user/delete', { user_ids: ['u'] });
      return (await chat(key, 'x')).status;
    },
    [200, '=', 401, '=', '='],
  ],
  [
    'C55 over budget',
    async ({ newKey, chat }) => {
      const key = await newKey({ max_budget: 0.01 });
      await chat(key, call48);
      return (await chat(key, 'x')).status;
    },
    [400, 429, 422, '=', '='],
  ],
  [
    "C59 type of the key's own limit",
    async ({ newKey, chat }) => error(await chat(await newKey({ rpm_limit: 0 }), 'x')),
    ['429 None', '429 throttling_error', '=', '=', '='],
  ],
  [
    'C64 type of an upstream 401',
    async ({ newKey, chat }) => error(await chat(await newKey(), '!status=401')),
    ['401 null', '=', '401 authentication_error', '=', '='],
  ],
  [
    'C78 type of an upstream 503',
    async ({ newKey, chat }) => error(await chat(await newKey(), '!status=503')),
    ['503 null', '=', '503 internal_server_error', '=', '='],
  ],
  [
    'C68 /health/readiness',
    async ({ send }) => (await send('GET /health/readiness')).body.status,
    ['connected', 'healthy', '=', '=', '='],
  ],
  [
    'C73 a cut stream ends with',
    async ({ standIn, newKey }) => {
      const all: Json[] = await events(await openStream(standIn, await newKey(), '!cut one two'));
      const told = all.find((event) => event.error);
      const finish = all.some((event) => event.choices?.[0]?.finish_reason === 'stop');
      return `${finish ? 'stop' : `error ${told?.error.type}`} ${all.at(-1) === '[DONE]'}`;
    },
    ['stop true', '=', 'error null false', '=', 'error internal_server_error true'],
  ],
  [
    'C76 llm_provider-retry-after',
    async ({ newKey, chat }) => {
      const { headers } = await chat(await newKey(), '!status=429 !retry=3');
      return headers.get('llm_provider-retry-after');
    },
    [null, '=', '3', '=', '='],
  ],
  [
    'C80 an unknown model with the master key',
    async ({ standIn, chat }) => {
      const { body } = await chat(standIn.masterKey, 'x', { model: 'nope' });
      return `${body.error.type} ${body.error.message.slice(0, 8)}`;
    },
    ["None {'error'", 'None /chat/co', 'invalid_request_error /chat/co', '=', '='],
  ],
  [
    'C90 an update of an unknown key repeats it',
    async ({ send }) => {
      const secret = 'sk-unknown-secret-value';
      return JSON.stringify((await send('POST /key/update', { key: secret })).body).includes(secret);
    },
    [true, false, '=', '=', '='],
  ],
  [
    'C92 a bad alias',
    async ({ send }) => (await send('POST /key/generate', { key_alias: '../x' })).status,
    [200, '=', 400, '=', '='],
  ],
  [
    'section 3.1: a validation error repeats the input',
    async ({ send }) => 'input' in (await send('POST /key/generate', { models: 1 })).body.detail[0],
    [true, '=', '=', false, '='],
  ],
  [
    'section 5.3: null clears budget_duration',
    async ({ send, newKey, standIn }) => {
      const key = await newKey({ budget_duration: '30d' });
      await send('POST /key/update', { key, budget_duration: null });
      return standIn.keys()[0]?.budgetDuration;
    },
    ['30d', null, '=', '=', '='],
  ],
  [
    'C47 reset_to: true',
    async ({ send, newKey }) => {
      const token = sha256(await newKey({ spend: 2 }));
      return (await send(`POST /key/${token}/reset_spend`, { reset_to: true })).status;
    },
    [200, '=', 422, '=', '='],
  ],
  [
    'C49 a service account has an id',
    async ({ send }) => {
      await send('POST /team/new', { team_id: 't' });
      const { body } = await send('POST /key/service-account/generate', { team_id: 't' });
      return 'service_account_id' in body.metadata;
    },
    [false, '=', true, '=', '='],
  ],
  [
    'C54 a key in use right after /team/delete',
    async ({ send, newKey, chat }) => {
      await send('POST /team/new', { team_id: 't' });
      const key = await newKey({ team_id: 't' });
      await chat(key, 'x');
      await send('POST /team/delete', { team_ids: ['t'] });
      return (await chat(key, 'x')).status;
    },
    [200, '=', 401, '=', '='],
  ],
  [
    'section 6.2: a key in use right after /team/block',
    async ({ send, newKey, chat }) => {
      await send('POST /team/new', { team_id: 't' });
      const key = await newKey({ team_id: 't' });
      await chat(key, 'x');
      await send('POST /team/block', { team_id: 't' });
      return (await chat(key, 'x')).status;
    },
    [200, 401, '=', '=', '='],
  ],
  [
    'C75 all deployments cooling down',
    async ({ newKey, chat }) => {
      const key = await newKey();
      for (let times = 0; times < 2; times += 1) await chat(key, '!status=429', { model: 'pair' });
      const { body, headers } = await chat(key, 'x', { model: 'pair' });
      return `${body.error.type} ${headers.get('retry-after')}`;
    },
    ['None null', 'None 5', 'all_deployments_in_cooldown 5', '=', '='],
  ],
  [
    'C89 rows of /v2/key/info carry a token',
    async ({ send, newKey }) => {
      const { body } = await send('POST /v2/key/info', { keys: [await newKey()] });
      return 'token' in body.info[0];
    },
    [true, false, '=', '=', '='],
  ],
  [
    'section 5.5: /v2/key/info by alias gives this many of two keys',
    async ({ send, newKey }) => {
      await newKey({ key_alias: 'a' });
      await newKey({ key_alias: 'b' });
      return (await send('POST /v2/key/info', { key_aliases: ['a'] })).body.info.length;
    },
    [2, 1, '=', '=', '='],
  ],
  [
    'C91 /management/v1/budgets',
    async ({ send }) => (await send('GET /management/v1/budgets')).status,
    [404, '=', 200, '=', '='],
  ],
  [
    'section 5.1: budget_limits of a key are enforced',
    async ({ newKey, chat }) => {
      const key = await newKey({ budget_limits: [{ budget_duration: '1h', max_budget: 0.01 }] });
      await chat(key, call48);
      return (await chat(key, 'x')).status !== 200;
    },
    [false, true, '=', '=', '='],
  ],
  [
    'section 6.4: a key on a shared budget starts again with it',
    async ({ send, newKey, chat, advance }) => {
      await send('POST /budget/new', { budget_id: 'b', max_budget: 0.01, budget_duration: '1d' });
      const key = await newKey({ budget_id: 'b' });
      await chat(key, call48);
      advance(86_400);
      return (await chat(key, 'x')).status === 200;
    },
    [false, true, '=', '=', '='],
  ],
  [
    'section 10: /v2/user/info and /team/key/bulk_update are there',
    async ({ send }) => [
      (await send('GET /v2/user/info?user_id=x')).body.detail !== 'Not Found',
      (await send('POST /team/key/bulk_update', {})).status === 422,
    ],
    [[false, false], [false, true], [true, true], '=', '='],
  ],
  [
    'a user may block a key of someone else',
    async ({ send, newKey }) => {
      await send('POST /user/new', { user_id: 'u', auto_create_key: false });
      return (await send('POST /key/block', { key: await newKey() }, { key: await newKey({ user_id: 'u' }) })).status;
    },
    [200, 403, '=', '=', '='],
  ],
  [
    'an id of a budget that is taken',
    async ({ standIn }) => {
      const made = async () => standIn.handle(request(standIn, 'POST /budget/new', { budget_id: 'b' }));
      await made();
      const { status, headers } = await made();
      return `${status} ${headers.get('content-type')?.split(';')[0]}`;
    },
    ['500 text/plain', '400 application/json', '=', '=', '='],
  ],
  [
    'a shared budget of 30d resets',
    async ({ send }) => (await send('POST /budget/new', { budget_duration: '30d' })).body.budget_reset_at.slice(0, 10),
    ['2026-12-21', '2026-12-01', '=', '=', '='],
  ],
  [
    'a key moves to a team that is not there',
    async ({ send, newKey }) => error(await send('POST /key/update', { key: await newKey(), team_id: 'none' })),
    ['404 auth_error', '=', '=', '=', '404 invalid_request_error'],
  ],
  [
    'another change of a key whose team is not there',
    async ({ send, newKey }) => {
      const key = await newKey({ team_id: 'none' });
      const changes = [{ tpm_limit: 5 }, { team_id: null }];
      const answers = await Promise.all(changes.map((change) => send('POST /key/update', { key, ...change })));
      return answers.map(({ status }) => status);
    },
    [[200, 200], '=', '=', '=', [404, 404]],
  ],
  [
    'a key moves to a team without its model',
    async ({ send, newKey }) => {
      await send('POST /team/new', { team_id: 't', models: ['other'] });
      return error(await send('POST /key/update', { key: await newKey({ models: ['pair'] }), team_id: 't' }));
    },
    ['401 team_model_access_denied', '403 team_model_access_denied', '=', '=', '='],
  ],
  [
    'organizations without a licence',
    async ({ send }) => (await send('GET /organization/list')).status,
    [200, '=', '=', '=', 403],
  ],
];

const cases = table.flatMap(([what, observe, expected]) => {
  let answer: unknown;
  return supportedVersions.map((version, index) => {
    if (expected[index] !== '=') answer = expected[index];
    return { what, version, observe, answer };
  });
});

it.each(cases)('$version: $what: $answer', async ({ version, observe, answer }) => {
  expect(await observe(bench({ version: version as LiteLlmVersion, models, cooldowns: true }))).toEqual(answer);
});

it('C52 a key that an old release keeps in its cache is refused a minute later', async () => {
  const { send, newKey, chat, advance } = bench({ version: '1.81.12' });
  await send('POST /user/new', { user_id: 'u', auto_create_key: false });
  const key = await newKey({ user_id: 'u' });
  await chat(key, 'x');
  await send('POST /user/delete', { user_ids: ['u'] });
  advance(61);
  expect((await chat(key, 'x')).status).toBe(401);
});
