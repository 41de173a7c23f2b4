import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

it('C37 a blocked key is refused from the next call on, and blocking twice is one block', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey();
  for (let times = 0; times < 2; times += 1) {
    const { status, body } = await send('POST /key/block', { key });
    expect([status, body.blocked, body.token]).toEqual([200, true, sha256(key)]);
  }
  const { status, body } = await chat(key, 'hi');
  expect(status).toBe(401);
  expect(body.error).toMatchObject({ type: 'auth_error', param: null, code: '401' });
  expect(body.error.message).toContain('Key is blocked');
});

it('C38 unblocking restores a key; unknown and malformed ones are 404 and 400', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey();
  await send('POST /key/block', { key: sha256(key) });
  await send('POST /key/unblock', { key: sha256(key) });
  expect((await chat(key, 'hi')).status).toBe(200);
  const unknown = await send('POST /key/block', { key: sha256('unknown') });
  expect([unknown.status, unknown.body.error.type, unknown.body.error.param]).toEqual([404, 'not_found_error', 'key']);
  expect((await send('POST /key/block', { key: 'abc' })).status).toBe(400);
});

it("a user's key may not block, and gets the envelope without `error`", async () => {
  const { send, newKey } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const key = await newKey({ user_id: 'ann' });
  const { status, body } = await send('POST /key/block', { key }, { key });
  expect([status, typeof body.detail.error]).toEqual([403, 'string']);
});

it('C39 a delete echoes what was sent, also what never was', async () => {
  const { send, newKey, standIn } = bench();
  const key = await newKey();
  const missing = sha256('missing');
  const { status, body } = await send('POST /key/delete', { keys: [key, missing] });
  expect([status, body]).toEqual([200, { deleted_keys: [key, missing] }]);
  expect(standIn.keys()).toEqual([]);
});

it('C40 a delete of nothing that is there is 404', async () => {
  const { status, body } = await bench().send('POST /key/delete', { keys: [sha256('missing')] });
  expect(status).toBe(404);
  expect(body.error).toMatchObject({ message: "{'error': 'No keys found'}", type: 'invalid_request_error' });
});

it('C41 keys are deleted by alias too; an empty body is 422', async () => {
  const { send, newKey, standIn } = bench();
  await newKey({ key_alias: 'a' });
  expect((await send('POST /key/delete', { key_aliases: ['a'] })).body).toEqual({ deleted_keys: ['a'] });
  expect(standIn.keys()).toEqual([]);
  expect((await send('POST /key/delete', {})).status).toBe(422);
});

it('C42 a call with a deleted key is 401 token_not_found_in_db', async () => {
  const { send, newKey, chat } = bench();
  const key = await newKey();
  await send('POST /key/delete', { keys: [key] });
  const { status, body } = await chat(key, 'hi');
  expect(status).toBe(401);
  expect(body.error).toMatchObject({ type: 'token_not_found_in_db', param: 'key', code: '401' });
  expect(body.error.message).toContain('Invalid API key provided.');
});

it('C43 an alias is free again right after its key is deleted', async () => {
  const { send, newKey } = bench();
  await newKey({ key_alias: 'a' });
  await send('POST /key/delete', { key_aliases: ['a'] });
  expect((await send('POST /key/generate', { key_alias: 'a' })).status).toBe(200);
});

it('C71 litellm-changed-by is accepted, and a deleted row names it', async () => {
  const { send, newKey } = bench();
  const key = await newKey();
  const headers = { 'litellm-changed-by': 'keywright' };
  await send('POST /key/delete', { keys: [key] }, { headers });
  expect((await send(`GET /key/info?key=${sha256(key)}`)).body.info.deleted_by).toBe('keywright');
});
