import { routes } from '@keywright/http-api';
import { describe, expect, test } from 'vitest';
import { call, createdOf, idOf, listOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const admin = '/api/v1/admin';
const anyId = '00000000-0000-7000-8000-000000000000';
const adminRoutes = routes.filter(({ caller }) => caller === 'admin');
const mutating = adminRoutes.filter(({ method }) => method !== 'GET');
const pathOf = (path: string) => `/api/v1${path.replace(':entity', 'key').replace(':id', anyId)}`;

export function describeAdministration(open: OpenWorld): void {
  describe('roles', () => {
    test.each(adminRoutes.map(({ method, path }) => [method, path]))(
      '%s %s is 403 for a user',
      async (method, path) => {
        const { served } = await open();
        const reply = await call(served, 'alice', method, pathOf(path), method === 'GET' ? {} : { body: {} });
        expect([reply.status, problemOf(reply).code]).toEqual([403, 'forbidden']);
      },
    );

    test.each(mutating.map(({ method, path }) => [method, path]))(
      '%s %s is 403 for admin-readonly',
      async (method, path) => {
        const { served } = await open();
        const reply = await call(served, 'rita', method, pathOf(path), { body: {} });
        expect([reply.status, problemOf(reply).code]).toEqual([403, 'forbidden']);
      },
    );

    test.each(adminRoutes.map(({ method, path }) => [method, path]))(
      '%s %s is 403 for the admin of another tenant who names this one',
      async (method, path) => {
        const { served } = await open();
        const reply = await call(
          served,
          'gina',
          method,
          `${pathOf(path)}?tenantId=acme`,
          method === 'GET' ? {} : { body: {} },
        );
        expect([reply.status, problemOf(reply).code]).toEqual([403, 'forbidden']);
      },
    );

    test('admin-readonly reads every admin route', async () => {
      const { served, subscriptions } = await open();
      const { id } = await newKey(served);
      for (const path of [
        '/api-keys',
        `/api-keys/${id}`,
        `/api-keys/${id}/usage`,
        '/subscriptions',
        `/subscriptions/${subscriptions.bob}`,
        '/users',
        '/users/alice',
        '/audit-logs',
        '/sync',
      ]) {
        expect([path, (await call(served, 'rita', 'GET', admin + path)).status]).toEqual([path, 200]);
      }
    });

    test('every route but those of operations is 401 for nobody', async () => {
      const { served } = await open();
      for (const { method, path } of routes.filter(({ group }) => group === 'management')) {
        const reply = await call(served, '', method, pathOf(path), method === 'GET' ? {} : { body: {} });
        expect([path, reply.status, reply.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
      }
    });
  });

  describe('keys of the tenant', () => {
    test('an admin creates, reads, changes and deletes a key of a user', async () => {
      const { served } = await open();
      const created = await call(served, 'dana', 'POST', `${admin}/api-keys`, {
        body: { userId: 'bob', name: 'for bob' },
      });
      expect(created.status).toBe(201);
      const { id } = createdOf(created);
      expect(created.body).toMatchObject({ userId: 'bob', tenantId: 'acme' });
      const path = `${admin}/api-keys/${id}`;
      expect((await call(served, 'dana', 'GET', path)).body).toMatchObject({ id, userId: 'bob' });
      expect((await call(served, 'dana', 'PATCH', path, { body: { tpmLimit: 7 } })).body).toMatchObject({
        tpmLimit: 7,
      });
      expect((await call(served, 'dana', 'GET', `${path}/usage`)).status).toBe(200);
      expect((await call(served, 'dana', 'DELETE', path)).status).toBe(200);
      expect((await call(served, 'dana', 'GET', path)).status).toBe(404);
    });

    test('a list of one user, and of a deletion that LiteLLM has not confirmed', async () => {
      const { served, litellm } = await open();
      const { id } = await newKey(served, 'alice');
      await newKey(served, 'bob');
      litellm.upstream.isDown = true;
      await call(served, 'alice', 'DELETE', `/api/v1/api-keys/${id}`);
      expect(listOf(await call(served, 'dana', 'GET', `${admin}/api-keys`)).data).toHaveLength(2);
      const list = await call(served, 'dana', 'GET', `${admin}/api-keys?userId=alice`);
      expect(list.body).toMatchObject({ data: [{ id, status: 'deleting' }] });
    });

    test('an operator reaches a tenant by ?tenantId=, and only then', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      expect((await call(served, 'olga', 'GET', `${admin}/api-keys/${id}`)).status).toBe(404);
      expect((await call(served, 'olga', 'GET', `${admin}/api-keys/${id}?tenantId=acme`)).body).toMatchObject({ id });
      const misspelt = await call(served, 'olga', 'GET', `${admin}/api-keys?tenantID=acme`);
      expect(problemOf(misspelt).errors).toEqual([
        { path: 'tenantID', message: 'unknown field; did you mean tenantId?' },
      ]);
      const bad = await call(served, 'olga', 'GET', `${admin}/api-keys?tenantId=%00`);
      expect([bad.status, problemOf(bad).errors?.[0]?.path]).toEqual([400, 'tenantId']);
    });
  });

  describe('subscriptions of the tenant', () => {
    const body = {
      userId: 'erin',
      models: ['gpt-a'],
      name: 'Trial',
      maxBudget: '3.50',
      expiresAt: '2030-02-01T00:00:00Z',
    };

    test('are created, read, listed, changed and deleted', async () => {
      const { served } = await open();
      const created = await call(served, 'dana', 'POST', `${admin}/subscriptions`, { body });
      expect(created.status).toBe(201);
      const id = idOf(created);
      expect(created.body).toEqual({
        id,
        tenantId: 'acme',
        userId: 'erin',
        name: 'Trial',
        status: 'active',
        statusReason: null,
        isDefault: true, // the first one
        models: ['gpt-a'],
        maxBudget: '3.5',
        budgetDuration: null,
        tpmLimit: null,
        rpmLimit: null,
        quotaLimit: null,
        startsAt: null,
        expiresAt: '2030-02-01T00:00:00.000Z',
        createdAt: '2030-01-01T00:00:00.000Z',
        updatedAt: '2030-01-01T00:00:00.000Z',
      });
      const path = `${admin}/subscriptions/${id}`;
      expect((await call(served, 'dana', 'GET', path)).body).toEqual(created.body);
      const list = await call(served, 'dana', 'GET', `${admin}/subscriptions?userId=erin`);
      expect(list.body).toEqual({ data: [created.body], nextCursor: null });
      const changed = await call(served, 'dana', 'PATCH', path, {
        body: { status: 'suspended', statusReason: 'unpaid' },
      });
      expect(changed.body).toMatchObject({ status: 'suspended', statusReason: 'unpaid', maxBudget: '3.5' });
      const deleted = await call(served, 'dana', 'DELETE', path);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      expect((await call(served, 'dana', 'GET', path)).status).toBe(404);
    });

    test('409 for a status that cannot follow, and for one that keys hang on', async () => {
      const { served, subscriptions } = await open();
      await newKey(served);
      const path = `${admin}/subscriptions/${subscriptions.alice}`;
      const inUse = await call(served, 'dana', 'DELETE', path);
      expect([inUse.status, problemOf(inUse).code]).toEqual([409, 'subscription_in_use']);
      await call(served, 'dana', 'PATCH', path, { body: { status: 'cancelled' } });
      const final = await call(served, 'dana', 'PATCH', path, { body: { status: 'active' } });
      expect([final.status, problemOf(final).code]).toEqual([409, 'invalid_transition']);
    });

    test.each(['GET', 'PATCH', 'DELETE'])('%s of one that is not there is 404', async (method) => {
      const { served } = await open();
      for (const id of [anyId, 'no-uuid', '%F0%9F%98%80']) {
        const options = method === 'PATCH' ? { body: { name: 'a' } } : {};
        const reply = await call(served, 'dana', method, `${admin}/subscriptions/${id}`, options);
        expect([reply.status, problemOf(reply).code]).toEqual([404, 'subscription_not_found']);
      }
    });
  });

  describe('audit log', () => {
    test('the audit log says who did what, from where', async () => {
      const { served, clock } = await open();
      const headers = { 'x-request-id': 'request-7', 'user-agent': 'tests/1', 'x-test-ip': '198.51.100.7' };
      const created = await call(served, 'alice', 'POST', '/api/v1/api-keys', { body: { name: 'a' }, headers });
      const { id } = createdOf(created);
      clock.advance(1000);
      await call(served, 'dana', 'DELETE', `${admin}/api-keys/${id}`);
      const log = await call(
        served,
        'dana',
        'GET',
        `${admin}/audit-logs?resourceType=api_key&from=2030-01-01T00:00:00Z`,
      );
      expect(log.body).toMatchObject({
        data: [
          { action: 'API_KEY_DELETE', actorId: 'dana', actorRoles: ['admin'], resourceId: id },
          {
            action: 'API_KEY_CREATE',
            actorId: 'alice',
            resourceId: id,
            before: null,
            after: { name: 'a' },
            requestId: 'request-7',
            ipAddress: '198.51.100.7',
            userAgent: 'tests/1',
            createdAt: '2030-01-01T00:00:00.000Z',
          },
        ],
      });
      const one = listOf(await call(served, 'dana', 'GET', `${admin}/audit-logs?actorId=alice&limit=1`));
      expect(one.data).toHaveLength(1);
      expect(problemOf(await call(served, 'dana', 'GET', `${admin}/audit-logs?from=yesterday`)).errors?.[0]?.path).toBe(
        'from',
      );
    });
  });
}
