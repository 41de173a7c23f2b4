import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

const everything = {
  key_alias: 'a',
  models: ['priced'],
  user_id: 'ann',
  max_budget: 3,
  budget_duration: '30d',
  tpm_limit: 10,
  rpm_limit: 20,
  max_parallel_requests: 2,
  duration: '1h',
  metadata: { mine: true },
};

it('C28 an update of one field leaves the others as they are', async () => {
  const { send, newKey } = bench();
  const hash = sha256(await newKey(everything));
  const before = (await send(`GET /key/info?key=${hash}`)).body.info;
  const { status, body } = await send('POST /key/update', { key: hash, max_budget: 5 });
  expect([status, body.key, body.max_budget]).toEqual([200, hash, 5]);
  const after = (await send(`GET /key/info?key=${hash}`)).body.info;
  expect(after).toEqual({ ...before, max_budget: 5 });
});

it('C29 null clears columns, and a duration of null or -1 the expiry', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey(everything);
  const names = ['max_budget', 'tpm_limit', 'rpm_limit', 'max_parallel_requests', 'user_id', 'key_alias', 'duration'];
  await send('POST /key/update', { key, ...Object.fromEntries(names.map((name) => [name, null])) });
  expect(standIn.keys()).toMatchObject([
    { maxBudget: null, tpmLimit: null, rpmLimit: null, maxParallelRequests: null, userId: null, alias: null },
  ]);
  expect(standIn.keys()[0]?.expires).toBeNull();
  await send('POST /key/update', { key, budget_duration: null });
  const { info } = (await send(`GET /key/info?key=${key}`)).body;
  expect([info.budget_duration, info.budget_reset_at]).toEqual([null, null]);
  await send('POST /key/update', { key, duration: '1h' });
  await send('POST /key/update', { key, duration: '-1' });
  expect(standIn.keys()[0]?.expires).toBeNull();
});

it('models of null are refused, and an empty list opens the key to all', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey(everything);
  const { status, body } = await send('POST /key/update', { key, models: null, max_budget: 9 });
  expect([status, body.error.type]).toEqual([400, 'auth_error']);
  expect(standIn.keys()).toMatchObject([{ models: ['priced'], maxBudget: 3 }]);
  await send('POST /key/update', { key, models: [] });
  expect(standIn.keys()[0]?.models).toEqual([]);
});

it('C30 C32 what lives in metadata shows there, and null does not clear it', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey({ model_rpm_limit: { priced: 1 } });
  await send('POST /key/update', { key, model_rpm_limit: null });
  expect(standIn.keys()[0]?.metadata).toEqual({ model_rpm_limit: { priced: 1 } });
});

it('C31 metadata is replaced, not merged, but for what LiteLLM keeps in it', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey({ metadata: { old: 1 }, model_rpm_limit: { priced: 1 } });
  await send('POST /key/update', { key, metadata: { a: 1 } });
  expect(standIn.keys()[0]?.metadata).toEqual({ a: 1, model_rpm_limit: { priced: 1 } });
});

it('C33 C90 an unknown key is 404 not_found_error, and its value is not repeated', async () => {
  const { status, body } = await bench().send('POST /key/update', { key: 'sk-unknown-secret-value', max_budget: 1 });
  expect(status).toBe(404);
  expect(body.error).toMatchObject({ type: 'not_found_error', param: 'key', message: 'Key not found.' });
  expect(JSON.stringify(body)).not.toContain('sk-unknown-secret-value');
});

it('C34 an update names its key by secret, hash or alias; by none it is 422', async () => {
  const { send, newKey, standIn } = bench();
  await newKey({ key_alias: 'a' });
  expect((await send('POST /key/update', { key_alias: 'a', max_budget: 7 })).status).toBe(200);
  expect(standIn.keys()[0]?.maxBudget).toBe(7);
  const none = await send('POST /key/update', { max_budget: 1 });
  expect([none.status, Array.isArray(none.body.detail)]).toEqual([422, true]);
  const unknown = await send('POST /key/update', { key_alias: 'b' });
  expect([unknown.status, unknown.body.error.param]).toEqual([404, 'key_alias']);
});

it('C35 an update to a duration of one second ends the key', async () => {
  const { send, newKey, chat, advance } = bench();
  const key = await newKey();
  await send('POST /key/update', { key, duration: '1s' });
  advance(1);
  expect((await chat(key, 'hi')).body.error.type).toBe('expired_key');
});

it('a duration that cannot be read changes nothing', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey();
  const { status, body } = await send('POST /key/update', { key, duration: 'soon', max_budget: 1 });
  expect([status, body.error.type]).toEqual([400, 'auth_error']);
  expect(standIn.keys()[0]?.maxBudget).toBeNull();
});

it('C36 the alias of another key is refused, its own is not', async () => {
  const { send, newKey } = bench();
  await newKey({ key_alias: 'a' });
  const key = await newKey({ key_alias: 'b' });
  const taken = await send('POST /key/update', { key, key_alias: 'a' });
  expect([taken.status, taken.body.error.type]).toEqual([400, 'bad_request_error']);
  expect((await send('POST /key/update', { key, key_alias: 'b' })).status).toBe(200);
  expect((await send('POST /key/update', { key, key_alias: 'c' })).body.key_alias).toBe('c');
});

it('blocked and spend may be set by an update', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey();
  await send('POST /key/update', { key, blocked: true, spend: 0.5 });
  expect(standIn.keys()).toMatchObject([{ blocked: true, spendNano: 500_000_000n }]);
});
