import { startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLiteLlmClient, type LiteLlmClient, readCapabilities } from '../src/index.ts';
import { capabilityNames, factOf } from '../src/version-facts.ts';
import { collect } from './helpers/collect.ts';
import { type Answer, type SeenRequest, sendJson, startLocalServer } from './helpers/local-server.ts';
import { type OpenedProxy, proxies } from './helpers/proxies.ts';

const masterKey = 'sk-1234';

async function leftBehind({ keys, users }: LiteLlmClient): Promise<unknown[]> {
  const aliases = await collect(keys.allAliases('keywright-probe-'));
  const ids = await users.list().then(
    (list) => list.users.map((user) => user.user_id).filter((id) => id.startsWith('keywright-probe-')),
    () => [], // where there is no such route
  );
  return [...aliases, ...ids];
}

for (const proxy of proxies) {
  describe(`the capabilities of ${proxy.name}`, () => {
    let opened: OpenedProxy;
    beforeAll(async () => {
      opened = await proxy.open();
    });
    afterAll(() => opened?.close());

    test('are known from its version; nothing but GET is sent', async () => {
      const sent: string[] = [];
      const recording: typeof fetch = (input, init) => {
        sent.push(new Request(input, init).method);
        return fetch(input, init);
      };
      const client = createLiteLlmClient({ baseUrl: opened.baseUrl, masterKey: opened.masterKey, fetch: recording });
      const found = await readCapabilities(client);
      expect(found).toMatchObject({ version: proxy.version, tried: true, probed: [] });
      expect(found.missingRoutes).not.toContain('POST /key/generate');
      expect(found.can).toEqual(Object.fromEntries(capabilityNames.map((name) => [name, factOf(name, proxy.version)])));
      expect(new Set(sent)).toEqual(new Set(['GET']));
    });

    test('are what a probe sees, and the probe leaves nothing behind', async () => {
      const found = await readCapabilities(opened.client, { probe: true });
      expect(found.probed.length).toBeGreaterThan(6);
      for (const name of found.probed) expect([name, found.can[name]]).toEqual([name, factOf(name, proxy.version)]);
      expect(found.customKeysDisabled).toBe(false);
      expect(await leftBehind(opened.client)).toEqual([]);
    });
  });
}

async function clientOf(answers: Record<string, Answer>) {
  const server = await startLocalServer((request, response) => {
    const path = request.url.split('?')[0] ?? '';
    const answer = answers[path];
    return answer ? answer(request, response) : sendJson(response, 404, { detail: 'Not Found' });
  });
  return { server, client: createLiteLlmClient({ baseUrl: server.url, masterKey, retries: 0 }) };
}

const always =
  (status: number, body: unknown): Answer =>
  (_, response) =>
    sendJson(response, status, body);

const contract = always(200, {
  info: { version: '1.109.1' },
  paths: { '/key/generate': { post: {}, parameters: [] }, '/key/list': { get: {} } },
});
const disabled = always(403, {
  error: { message: "{'error': 'Custom API key values are disabled by your administrator.'}", code: '403' },
});

describe('what cannot be known is null', () => {
  test('without /openapi.json', async () => {
    const { client } = await clientOf({});
    const found = await readCapabilities(client);
    expect(found).toMatchObject({ version: null, tried: false, missingRoutes: null, customKeysDisabled: null });
    expect(new Set(Object.values(found.can))).toEqual(new Set([null]));
  });

  test('a version that nobody tried is told as such', async () => {
    const { client } = await clientOf({ '/openapi.json': always(200, { info: { version: '1.98.3' }, paths: {} }) });
    expect(await readCapabilities(client)).toMatchObject({
      version: '1.98.3',
      tried: false,
      can: { deletedInfo: null, nullClears: true },
    });
  });
});

test('routes that LiteLLM does not list are named', async () => {
  const { client } = await clientOf({ '/openapi.json': contract });
  const { missingRoutes } = await readCapabilities(client);
  expect(missingRoutes).toContain('POST /key/bulk_update');
  expect(missingRoutes).not.toContain('POST /key/generate');
  expect(missingRoutes).not.toContain('GET /key/list');
});

test('a LiteLLM that cannot be read is an error, not a LiteLLM that can do nothing', async () => {
  const { client } = await clientOf({ '/openapi.json': always(503, {}) });
  await expect(readCapabilities(client)).rejects.toMatchObject({ reason: 'server_error' });
});

describe('keys of our choice are known to be refused', () => {
  test('from the settings', async () => {
    const settings = always(200, { values: { disable_custom_api_keys: true } });
    const { client } = await clientOf({ '/openapi.json': contract, '/get/ui_settings': settings });
    expect(await readCapabilities(client)).toMatchObject({ customKeysDisabled: true });
  });

  test('from a probe, though the settings say nothing', async () => {
    const { client } = await clientOf({
      '/openapi.json': contract,
      '/get/ui_settings': always(200, { values: { disable_custom_api_keys: false } }),
      '/key/generate': disabled,
      '/key/delete': always(404, { error: { message: "{'error': 'No keys found'}" } }),
      '/user/new': always(200, { user_id: 'u' }),
      '/user/update': always(200, { data: { user_id: 'u', tpm_limit: null } }),
      '/user/delete': always(200, 1),
    });
    const found = await readCapabilities(client, { probe: true });
    expect(found).toMatchObject({ customKeysDisabled: true, probed: ['nullClearsUserRates'] });
  });

  test('and without a probe a setting that is off proves nothing', async () => {
    const settings = always(200, { values: { disable_custom_api_keys: false } });
    const { client } = await clientOf({ '/openapi.json': contract, '/get/ui_settings': settings });
    expect(await readCapabilities(client)).toMatchObject({ customKeysDisabled: null });
  });
});

describe('a probe that breaks off', () => {
  async function standIn() {
    const running = await startLiteLlmStandIn({});
    onTestFinished(() => running.close());
    const client = createLiteLlmClient({ baseUrl: running.url, masterKey: running.masterKey, retries: 0 });
    return { running, client };
  }

  test.each(['POST /key/generate', 'GET /key/info', 'POST /key/update', 'POST /user/new', 'POST /user/update'])(
    'at %s, done but not answered, still cleans up',
    async (route) => {
      const { running, client } = await standIn();
      running.standIn.faults.add({ route, kind: 'drop' });
      await expect(readCapabilities(client, { probe: true })).rejects.toMatchObject({ reason: 'no_answer' });
      expect(
        [...running.standIn.keys(), ...running.standIn.users()].map((one) => JSON.stringify(one)),
      ).not.toContainEqual(expect.stringContaining('keywright-probe'));
    },
  );

  test('because the caller left still cleans up', async () => {
    const { running, client } = await standIn();
    const controller = new AbortController();
    const fault = running.standIn.faults.add({ route: 'POST /key/update', kind: 'slow' });
    const reading = readCapabilities(client, { probe: true, signal: controller.signal });
    await fault.reached;
    controller.abort();
    await expect(reading).rejects.toMatchObject({ reason: 'aborted' });
    await fault.release();
    expect(running.standIn.keys()).toEqual([]);
  });

  test('and cannot clean up says what it left', async () => {
    const { running, client } = await standIn();
    running.standIn.faults.add({ route: /^POST \/(key|user)\/delete$/, kind: 'status', status: 503, times: Infinity });
    await expect(readCapabilities(client, { probe: true })).rejects.toThrow(
      /could not delete its key and its user "keywright-probe-\S+" in LiteLLM/,
    );
  });
});

test('the key of a probe is blocked and has no models', async () => {
  const seen: SeenRequest[] = [];
  const { client } = await clientOf({
    '/openapi.json': contract,
    '/key/generate': (request, response) => {
      seen.push(request);
      sendJson(response, 500, {});
    },
    '/key/delete': always(404, { error: { message: "{'error': 'No keys found'}" } }),
    '/user/delete': always(404, { error: { message: 'no such user' } }),
  });
  await expect(readCapabilities(client, { probe: true })).rejects.toThrow();
  expect(seen.map(({ json }) => json)).toMatchObject([
    { blocked: true, models: ['no-default-models'], key_type: 'llm_api' },
  ]);
});
