import { routes } from '@keywright/http-api';
import { describe, expect, test } from 'vitest';
import { call, callWithKey, fieldsOf, listOf, newKey, openAiErrorOf, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const tenants = '/api/v1/admin/tenants';
const now = '2030-01-01T00:00:00.000Z';
const operatorRoutes = routes.filter(({ caller }) => caller === 'operator');

export function describeTenants(open: OpenWorld): void {
  describe('tenants', () => {
    test.each(operatorRoutes.map(({ method, path }) => [method, path]))(
      '%s %s is 403 for everybody but an operator',
      async (method, path) => {
        const { served } = await open();
        for (const who of ['alice', 'dana', 'rita', 'gina']) {
          const options = method === 'GET' ? {} : { body: 'no JSON' };
          for (const query of ['', '?unknown=1']) {
            const reply = await call(served, who, method, `/api/v1${path.replace(':id', 'acme')}${query}`, options);
            expect([who, reply.status, problemOf(reply).code]).toEqual([who, 403, 'forbidden']);
          }
        }
      },
    );

    test('are created, read, listed and changed', async () => {
      const { served, clock } = await open();
      const body = { id: 'initech', name: 'Initech' };
      const created = await call(served, 'olga', 'POST', tenants, { body });
      expect([created.status, created.body]).toEqual([
        201,
        {
          id: 'initech',
          name: 'Initech',
          isActive: true,
          liteLlmTeamId: null,
          syncStatus: null,
          syncError: null,
          lastSyncAt: null,
          createdAt: now,
          updatedAt: now,
        },
      ]);
      expect((await call(served, 'olga', 'GET', `${tenants}/initech`)).body).toEqual(created.body);
      const list = await call(served, 'olga', 'GET', `${tenants}?search=INITECH&isActive=true`);
      expect(list.body).toEqual({ data: [created.body], nextCursor: null });
      clock.advance(1_000);
      const change = { name: null, isActive: false, liteLlmTeamId: 'team-1' };
      const changed = await call(served, 'olga', 'PATCH', `${tenants}/initech`, { body: change });
      expect([changed.status, changed.body]).toEqual([
        200,
        { ...fieldsOf(created), ...change, syncStatus: 'pending', updatedAt: '2030-01-01T00:00:01.000Z' },
      ]);
      expect(listOf(await call(served, 'olga', 'GET', `${tenants}?isActive=false`)).data).toHaveLength(1);
    });

    test('are listed page by page', async () => {
      const { served } = await open();
      const first = listOf(await call(served, 'olga', 'GET', `${tenants}?limit=1`));
      const second = listOf(await call(served, 'olga', 'GET', `${tenants}?limit=1&cursor=${first.nextCursor}`));
      expect([...first.data, ...second.data].map(({ id }) => id).sort()).toEqual(['acme', 'globex']);
      expect(second.nextCursor).toBeNull();
    });

    test.each(['a/b', 'a+b & c', 'Zürich 🙂', 'x?y#z', '%2F'])('may have the id %s', async (id) => {
      const { served } = await open();
      expect((await call(served, 'olga', 'POST', tenants, { body: { id } })).status).toBe(201);
      const path = `${tenants}/${encodeURIComponent(id)}`;
      expect((await call(served, 'olga', 'GET', path)).body).toMatchObject({ id });
      expect((await call(served, 'olga', 'PATCH', path, { body: { name: 'Renamed' } })).body).toMatchObject({ id });
    });

    test('no key of a deactivated tenant works, and all do again when it is active', async () => {
      const { served } = await open();
      const { key } = await newKey(served);
      const patch = (isActive: boolean) => call(served, 'olga', 'PATCH', `${tenants}/acme`, { body: { isActive } });
      await patch(false);
      const refused = await callWithKey(served, key, 'GET', '/v1/models');
      expect([refused.status, openAiErrorOf(refused).code]).toEqual([403, 'account_inactive']);
      await patch(true);
      expect((await callWithKey(served, key, 'GET', '/v1/models')).status).toBe(200);
    });

    test('409 for an id that is there already, 404 for one that is not', async () => {
      const { served } = await open();
      const again = await call(served, 'olga', 'POST', tenants, { body: { id: 'acme', name: 'Stolen' } });
      expect([again.status, problemOf(again).code]).toEqual([409, 'tenant_exists']);
      expect((await call(served, 'olga', 'GET', `${tenants}/acme`)).body).toMatchObject({ name: null });
      for (const [method, options] of [
        ['GET', {}],
        ['PATCH', { body: { name: 'a' } }],
      ] as const) {
        const reply = await call(served, 'olga', method, `${tenants}/nobody`, options);
        expect([reply.status, problemOf(reply).code]).toEqual([404, 'tenant_not_found']);
      }
    });

    test.each<[method: string, path: string, body: Record<string, unknown>, field: string]>([
      ['POST', '', {}, 'id'],
      ['POST', '', { id: '' }, 'id'],
      ['POST', '', { id: 'a\u0000' }, 'id'],
      ['POST', '', { id: 'a', isActive: 'yes' }, 'isActive'],
      ['POST', '', { id: 'a', teamId: 'b' }, 'teamId'],
      ['PATCH', '/acme', {}, ''],
      ['PATCH', '/acme', { id: 'b' }, 'id'],
      ['PATCH', '/acme', { liteLlmTeamId: '' }, 'liteLlmTeamId'],
      ['PATCH', '/%00', { name: 'a' }, 'id'],
    ])('%s %s with the body %j is 400', async (method, path, body, field) => {
      const { served } = await open();
      const reply = await call(served, 'olga', method, tenants + path, { body });
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, field]);
    });

    test('what an operator does to a tenant is in its audit log', async () => {
      const { served } = await open();
      await call(served, 'olga', 'PATCH', `${tenants}/acme`, { body: { name: 'Acme' } });
      const log = await call(served, 'dana', 'GET', '/api/v1/admin/audit-logs?resourceType=tenant');
      expect(log.body).toMatchObject({
        data: [{ action: 'TENANT_UPDATE', actorId: 'olga', resourceId: 'acme', after: { name: 'Acme' } }],
      });
    });
  });
}
