import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

it('C19 /key/info by hash equals /key/info by secret but for the echo, and has no token', async () => {
  const { send, newKey } = bench();
  const key = await newKey({ key_alias: 'a', metadata: { n: 1 } });
  const bySecret = await send(`GET /key/info?key=${key}`);
  const byHash = await send(`GET /key/info?key=${sha256(key)}`);
  expect(byHash.body.info).toEqual(bySecret.body.info);
  expect([bySecret.body.key, byHash.body.key]).toEqual([key, sha256(key)]);
  expect(byHash.body.info).not.toHaveProperty('token');
  expect(byHash.body.info).toMatchObject({ key_alias: 'a', metadata: { n: 1 }, status: 'active', spend: 0 });
});

it('C20 /key/info of a hash that never was is 404 not_found_error', async () => {
  const { status, body } = await bench().send(`GET /key/info?key=${sha256('nothing')}`);
  expect(status).toBe(404);
  expect(body.error).toMatchObject({ type: 'not_found_error', code: '404' });
});

it('C21 /key/info of a deleted key is its archived row, and its value may be used again', async () => {
  const { send, newKey } = bench();
  const secret = await newKey({ key_alias: 'gone' });
  await send('POST /key/delete', { keys: [secret] });
  const { status, body } = await send(`GET /key/info?key=${sha256(secret)}`);
  expect(status).toBe(200);
  expect(body.info).toMatchObject({ status: 'deleted', key_alias: 'gone', deleted_by: 'default_user_id' });
  await send('POST /key/generate', { key: secret });
  expect((await send(`GET /key/info?key=${sha256(secret)}`)).body.info.status).toBe('active');
});

it('the status of a key says whether it is blocked or expired', async () => {
  const { send, newKey, advance } = bench();
  const blocked = await newKey();
  const short = await newKey({ duration: '1s' });
  await send('POST /key/block', { key: blocked });
  advance(1);
  expect((await send(`GET /key/info?key=${blocked}`)).body.info.status).toBe('revoked');
  expect((await send(`GET /key/info?key=${short}`)).body.info.status).toBe('expired');
});

it('C22 /key/list gives hashes, or rows with their token', async () => {
  const { send, newKey } = bench();
  const token = sha256(await newKey());
  expect((await send('GET /key/list')).body.keys).toEqual([token]);
  const { keys } = (await send('GET /key/list?return_full_object=true')).body;
  expect(keys).toMatchObject([{ token, models: [], spend: 0 }]);
});

it('C23 /key/list is paged: at most 100 a page, and nothing beyond the end', async () => {
  const { send, newKey } = bench();
  for (let made = 0; made < 5; made += 1) await newKey();
  const page = (await send('GET /key/list?size=2&page=3')).body;
  expect(page).toMatchObject({ total_count: 5, total_pages: 3, current_page: 3 });
  expect(page.keys).toHaveLength(1);
  const beyond = await send('GET /key/list?size=2&page=9');
  expect([beyond.status, beyond.body.keys]).toEqual([200, []]);
  expect((await send('GET /key/list?size=100')).status).toBe(200);
  const tooMany = await send('GET /key/list?size=101');
  expect([tooMany.status, tooMany.body.detail[0].loc]).toEqual([422, ['query', 'size']]);
  expect((await send('GET /key/list?page=0')).status).toBe(422);
});

it('C24 C25 filters match exactly: alice is not alice2, and a prefix is no alias', async () => {
  const { send, newKey } = bench();
  const alice = sha256(await newKey({ user_id: 'alice', key_alias: 'ns/alice' }));
  await newKey({ user_id: 'alice2', key_alias: 'ns/alice2' });
  expect((await send('GET /key/list?user_id=alice')).body.keys).toEqual([alice]);
  expect((await send('GET /key/list?key_alias=ns/alice')).body.keys).toEqual([alice]);
  expect((await send('GET /key/list?key_alias=ns/ali')).body.keys).toEqual([]);
  expect((await send(`GET /key/list?key_hash=${alice}`)).body.keys).toEqual([alice]);
  expect((await send('GET /key/list?search=ALICE')).body.total_count).toBe(2);
});

it('C26 an unknown sort column or status is 400', async () => {
  const { send } = bench();
  for (const query of ['sort_by=bad', 'sort_order=bad', 'status=bad']) {
    const { status, body } = await send(`GET /key/list?${query}`);
    expect(status).toBe(400);
    expect(body.error.type).toBe('invalid_request_error');
  }
});

it('/key/list is newest first, and sorts by other columns in both directions', async () => {
  const { send, newKey, advance } = bench();
  const tokens: string[] = [];
  for (const max_budget of [2, 3, 1]) {
    tokens.push(sha256(await newKey({ max_budget })));
    advance(1);
  }
  const [first, second, third] = tokens;
  const listed = async (query: string) => (await send(`GET /key/list?${query}`)).body.keys;
  expect(await listed('')).toEqual([third, second, first]);
  expect(await listed('sort_by=created_at&sort_order=asc')).toEqual([first, second, third]);
  expect(await listed('sort_by=max_budget&sort_order=asc')).toEqual([third, first, second]);
});

it('/key/list?status tells active, revoked, expired and deleted keys apart', async () => {
  const { send, newKey, advance } = bench();
  const [active, revoked, expired, deleted] = [
    await newKey(),
    await newKey(),
    await newKey({ duration: '1s' }),
    await newKey(),
  ];
  await send('POST /key/block', { key: revoked });
  await send('POST /key/delete', { keys: [deleted] });
  advance(5);
  for (const [status, key] of Object.entries({ active, revoked, expired, deleted })) {
    expect((await send(`GET /key/list?status=${status}`)).body.keys).toEqual([sha256(key ?? '')]);
  }
});

it('a key of a user lists the keys of that user, and a key without one lists nothing', async () => {
  const { send, newKey } = bench();
  const ann = await newKey({ user_id: 'ann' });
  await newKey({ user_id: 'bob' });
  expect((await send('GET /key/list', undefined, { key: ann })).body.keys).toEqual([sha256(ann)]);
  const refused = await send('GET /key/list', undefined, { key: await newKey() });
  expect(refused.status).toBe(403);
  expect(refused.body.error).toMatchObject({ type: 'bad_request_error', param: 'user_id' });
});

it('C27 /key/aliases is paged and finds what contains the search', async () => {
  const { send, newKey } = bench();
  for (const key_alias of ['ns/1', 'ns/2', 'other/1']) await newKey({ key_alias });
  await newKey();
  const { body } = await send('GET /key/aliases?search=NS/&size=1');
  expect(body).toEqual({ aliases: ['ns/1'], total_count: 2, current_page: 1, total_pages: 2, size: 1 });
});

it('/key/list with expand=user gives rows, each with its user', async () => {
  const { send, newKey } = bench();
  await send('POST /user/new', { user_id: 'ann', user_email: 'ann@example.test', auto_create_key: false });
  await newKey({ user_id: 'ann' });
  const { keys } = (await send('GET /key/list?expand=user')).body;
  expect(keys).toMatchObject([{ user_id: 'ann', user: { user_email: 'ann@example.test' } }]);
});

it('keys of dashboard sign-ins are not listed', async () => {
  const { send, newKey } = bench();
  const key = await newKey();
  await newKey({ team_id: 'litellm-dashboard' });
  expect((await send('GET /key/list')).body.keys).toEqual([sha256(key)]);
});
