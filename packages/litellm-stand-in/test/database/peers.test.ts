import { createLiteLlmStandIn, supportedVersions } from '@keywright/litellm-stand-in';
import { expect, it } from 'vitest';
import { bench, pricedModel } from '../support/client.ts';

it('C70 a key that one proxy blocks is refused by its peer within a minute', async () => {
  const first = bench();
  const second = bench({ database: first.standIn });
  const key = await first.newKey();
  expect((await second.chat(key, 'hi')).status).toBe(200);
  await first.send('POST /key/block', { key });
  expect((await first.chat(key, 'hi')).status).toBe(401);
  second.advance(59);
  expect((await second.chat(key, 'hi')).status).toBe(200);
  second.advance(2);
  expect((await second.chat(key, 'hi')).status).toBe(401);
});

it('proxies on one database see the same rows, and count calls and faults for themselves', async () => {
  const first = bench();
  const second = bench({ database: first.standIn });
  const key = await first.newKey({ rpm_limit: 1 });
  expect(second.standIn.keys()).toEqual(first.standIn.keys());
  expect([(await first.chat(key, 'hi')).status, (await second.chat(key, 'hi')).status]).toEqual([200, 200]);
  expect((await first.chat(key, 'hi')).status).toBe(429);
  expect(second.standIn.calls).toHaveLength(1);
  second.standIn.reset();
  expect(first.standIn.keyCount).toBe(1);
});

it('peers without a clock of their own share that of the database', async () => {
  const first = bench();
  const second = createLiteLlmStandIn({ database: first.standIn });
  first.advance(5);
  expect(second.now()).toEqual(first.standIn.now());
});

it.each(supportedVersions)(
  'C93 %s: a proxy cut from its database cannot look up keys, but knows those it saw',
  async (version) => {
    const { standIn, send, newKey, chat } = bench({ version });
    const [known, unknown] = [await newKey(), await newKey()];
    await chat(known, 'hi');
    standIn.cutDatabase();
    expect((await chat(known, 'hi')).status).toBe(200);
    const refused = await chat(unknown, 'hi');
    const old = version === '1.81.12';
    expect([refused.status, refused.body.error.type]).toEqual(old ? [401, 'auth_error'] : [503, 'no_db_connection']);
    const update = await send('POST /key/update', { key: known, max_budget: 1 });
    expect(update.status).toBe(version === '1.109.1' ? 503 : 400);
    expect((await send('GET /health/readiness')).status).toBe(503);
    standIn.restoreDatabase();
    expect((await chat(unknown, 'hi')).status).toBe(200);
  },
);

it('C87 a proxy without a database serves models to the master key and nothing else', async () => {
  const { standIn, send, chat } = bench({ database: null });
  const refused = await send('POST /key/generate', {});
  expect(refused.status).toBe(500);
  expect(refused.body.error.message).toMatch(/^\{'error': ['"]DB not connected/);
  expect((await chat(standIn.masterKey, 'hi')).status).toBe(200);
  expect((await chat('sk-some-key-of-a-user', 'hi')).body.error.type).toBe('no_db_connection');
  expect((await send('GET /health/readiness')).body).toEqual({ status: 'healthy', db: 'Not connected' });
});

it('C75 with cooldowns a model is out when all its deployments have failed, and back after 5 seconds', async () => {
  const pair = { ...pricedModel, name: 'pair', deployments: 2 };
  const { newKey, chat, advance } = bench({ models: [pair, pricedModel], cooldowns: true });
  const key = await newKey();
  for (let times = 0; times < 2; times += 1) await chat(key, '!status=429', { model: 'pair' });
  const out = await chat(key, 'hi', { model: 'pair' });
  expect([out.status, out.body.error.type, out.headers.get('retry-after')]).toEqual([
    429,
    'all_deployments_in_cooldown',
    '5',
  ]);
  expect(out.body.error.message).toMatch(/^No deployments available for selected model/);
  for (let times = 0; times < 3; times += 1) await chat(key, '!status=429');
  expect((await chat(key, 'hi')).status).toBe(200);
  advance(5);
  expect((await chat(key, 'hi', { model: 'pair' })).status).toBe(200);
});
