import { describe, expect, test } from 'vitest';
import { call, callWithKey, fieldsOf, listOf, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const users = '/api/v1/admin/users';

export function describeUsers(open: OpenWorld): void {
  describe('users of the tenant', () => {
    test('are listed and read', async () => {
      const { served } = await open();
      expect(listOf(await call(served, 'dana', 'GET', `${users}?isActive=true&search=ali`)).data).toMatchObject([
        { id: 'alice' },
      ]);
      expect(listOf(await call(served, 'dana', 'GET', `${users}?isActive=false`)).data).toEqual([]);
      const first = listOf(await call(served, 'dana', 'GET', `${users}?limit=1`));
      const second = listOf(await call(served, 'dana', 'GET', `${users}?limit=1&cursor=${first.nextCursor}`));
      expect([...first.data, ...second.data].map(({ id }) => id).sort()).toEqual(['alice', 'bob']);
      expect((await call(served, 'dana', 'GET', `${users}/alice`)).body).toMatchObject({
        id: 'alice',
        tenantId: 'acme',
        isActive: true,
        maxBudget: null,
      });
      expect(problemOf(await call(served, 'dana', 'GET', `${users}/carol`)).code).toBe('user_not_found');
      expect(problemOf(await call(served, 'dana', 'GET', `${users}?isActive=1`)).errors?.[0]?.path).toBe('isActive');
    });

    test('are changed: absent stays, null clears, 0 allows nothing', async () => {
      const { served } = await open();
      const before = fieldsOf(await call(served, 'dana', 'GET', `${users}/alice`));
      const body = { name: 'Alice', maxBudget: '12.50', tpmLimit: 5, rpmLimit: 0 };
      const reply = await call(served, 'dana', 'PATCH', `${users}/alice`, { body });
      const changed = { ...before, ...body, maxBudget: '12.5', syncStatus: 'pending' };
      expect([reply.status, reply.body]).toEqual([200, changed]);
      const cleared = await call(served, 'dana', 'PATCH', `${users}/alice`, { body: { tpmLimit: null } });
      expect(cleared.body).toEqual({ ...changed, tpmLimit: null });
    });

    test('have no key that works while they are deactivated', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const patch = (isActive: boolean) => call(served, 'dana', 'PATCH', `${users}/alice`, { body: { isActive } });
      expect((await patch(false)).body).toMatchObject({ isActive: false });
      const refused = await callWithKey(served, key, 'GET', '/v1/models');
      expect([refused.status, openAiErrorOf(refused).code]).toEqual([403, 'account_inactive']);
      await patch(true);
      expect((await callWithKey(served, key, 'GET', '/v1/models')).status).toBe(200);
    });

    test.each(['a/b', 'Zoë 🙂', 'a@b.test?x#y'])('may have the id %s', async (id) => {
      const { served, storage } = await open();
      await storage.users.ensure('acme', id, {});
      const path = `${users}/${encodeURIComponent(id)}`;
      expect((await call(served, 'dana', 'PATCH', path, { body: { name: 'N' } })).body).toMatchObject({
        id,
        name: 'N',
      });
    });

    test('404 for a user who is not there, or of another tenant', async () => {
      const { served, storage } = await open();
      for (const id of ['nobody', 'carol']) {
        const reply = await call(served, 'dana', 'PATCH', `${users}/${id}`, { body: { isActive: false } });
        expect([reply.status, problemOf(reply).code]).toEqual([404, 'user_not_found']);
      }
      expect(await storage.users.find('globex', 'carol')).toMatchObject({ isActive: true });
    });

    test.each<[body: Record<string, unknown>, field: string]>([
      [{}, ''],
      [{ isActive: null }, 'isActive'],
      [{ maxBudget: '-1' }, 'maxBudget'],
      [{ tpmLimit: 0.5 }, 'tpmLimit'],
      [{ max_budget: '1' }, 'max_budget'],
      [{ tenantId: 'globex' }, 'tenantId'],
    ])('with the body %j it is 400', async (body, field) => {
      const { served } = await open();
      const reply = await call(served, 'dana', 'PATCH', `${users}/alice`, { body });
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, field]);
    });
  });
}
