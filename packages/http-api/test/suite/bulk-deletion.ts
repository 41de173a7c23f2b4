import { describe, expect, test } from 'vitest';
import { call, callWithKey, listOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const path = '/api/v1/admin/api-keys/bulk-delete';

export function describeBulkDeletion(open: OpenWorld): void {
  describe('deletion of many keys', () => {
    test('only tells which, unless dryRun is false', async () => {
      const { served, clock } = await open();
      const first = await newKey(served, 'alice', { name: 'first' });
      clock.advance(1_000);
      const second = await newKey(served, 'alice', { name: 'second' });
      await newKey(served, 'bob');
      const told = (outcome: string) =>
        [second, first].map(({ id, key }, index) => {
          return { id, name: index === 0 ? 'second' : 'first', userId: 'alice', keyPrefix: key.slice(0, 10), outcome };
        });
      const dry = await call(served, 'dana', 'POST', path, { body: { userId: 'alice' } });
      expect([dry.status, dry.body]).toEqual([
        200,
        { matched: 2, hasMore: false, dryRun: true, keys: told('would-delete') },
      ]);
      expect((await callWithKey(served, first.key, 'GET', '/v1/models')).status).toBe(200);
      const meant = await call(served, 'dana', 'POST', path, { body: { userId: 'alice', dryRun: false } });
      expect([meant.status, meant.body]).toEqual([
        200,
        { matched: 2, hasMore: false, dryRun: false, keys: told('deleted') },
      ]);
      expect((await callWithKey(served, first.key, 'GET', '/v1/models')).status).toBe(401);
      const left = listOf(await call(served, 'dana', 'GET', '/api/v1/admin/api-keys')).data;
      expect(left).toMatchObject([{ userId: 'bob' }]);
    });

    test('says of each key what became of it', async () => {
      const { served, litellm } = await open();
      const { id } = await newKey(served);
      litellm.upstream.isDown = true;
      const reply = await call(served, 'dana', 'POST', path, { body: { search: 'a key', dryRun: false } });
      expect(reply.body).toMatchObject({ matched: 1, dryRun: false, keys: [{ id, outcome: 'pending' }] });
    });

    test('an operator names the tenant', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      const body = { userId: 'alice' };
      expect((await call(served, 'olga', 'POST', path, { body })).body).toMatchObject({ matched: 0, keys: [] });
      expect((await call(served, 'olga', 'POST', `${path}?tenantId=acme`, { body })).body).toMatchObject({
        matched: 1,
        keys: [{ id }],
      });
    });

    test.each<[body: Record<string, unknown>, field: string]>([
      [{}, ''],
      [{ dryRun: false }, ''],
      [{ userId: 'alice', dryRun: 'no' }, 'dryRun'],
      [{ userId: '' }, 'userId'],
      [{ status: 'old' }, 'status'],
      [{ userID: 'alice' }, 'userID'],
    ])('with the body %j is 400, and nothing is deleted', async (body, field) => {
      const { served } = await open();
      await newKey(served);
      const reply = await call(served, 'dana', 'POST', path, { body });
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, field]);
      expect(listOf(await call(served, 'alice', 'GET', '/api/v1/api-keys')).data).toHaveLength(1);
    });

    test('its path is no key of that name', async () => {
      const { served } = await open();
      expect((await call(served, 'dana', 'GET', path)).status).toBe(404);
      expect((await call(served, 'dana', 'PUT', path)).headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH, POST');
    });
  });
}
