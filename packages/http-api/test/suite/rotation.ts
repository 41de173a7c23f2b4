import { describe, expect, test } from 'vitest';
import { call, callWithKey, createdOf, fieldsOf, newKey, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';
import type { Served } from '../world.ts';

const keys = '/api/v1/api-keys';
const admin = '/api/v1/admin/api-keys';

/** Status of a call to a model with a secret. */
const statusWith = async (served: Served, secret: string) =>
  (await callWithKey(served, secret, 'GET', '/v1/models')).status;

export function describeRotation(open: OpenWorld): void {
  describe('rotation', () => {
    test('gives the key a new secret; the old one works until the grace period is over', async () => {
      const { served, clock } = await open();
      const { id, key: oldSecret } = await newKey(served);
      const before = fieldsOf(await call(served, 'alice', 'GET', `${keys}/${id}`));
      clock.advance(1_000);
      const reply = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`, { body: { gracePeriodSeconds: 60 } });
      const { key: newSecret } = createdOf(reply);
      expect([reply.status, reply.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(newSecret).toMatch(/^sk-kw_\w{49}$/);
      expect(newSecret).not.toBe(oldSecret);
      expect(reply.body).toEqual({
        ...before,
        key: newSecret,
        keyPrefix: newSecret.slice(0, 10),
        previousKeyExpiresAt: '2030-01-01T00:01:01.000Z',
        updatedAt: '2030-01-01T00:00:01.000Z',
        lastSyncAt: '2030-01-01T00:00:01.000Z',
      });
      expect([await statusWith(served, oldSecret), await statusWith(served, newSecret)]).toEqual([200, 200]);
      clock.advance(59_999);
      expect(await statusWith(served, oldSecret)).toBe(200);
      clock.advance(1);
      expect([await statusWith(served, oldSecret), await statusWith(served, newSecret)]).toEqual([401, 200]);
    });

    test('without a body the grace period is five minutes', async () => {
      const { served } = await open();
      for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-length': '0' }]) {
        const { id } = await newKey(served);
        const reply = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`, { headers });
        expect([reply.status, reply.body]).toEqual([
          200,
          expect.objectContaining({ previousKeyExpiresAt: '2030-01-01T00:05:00.000Z' }),
        ]);
      }
    });

    test('the old secret ends no later than the key', async () => {
      const { served } = await open();
      const { id } = await newKey(served, 'alice', { expiresAt: '2030-01-01T00:00:30Z' });
      const reply = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`);
      expect(reply.body).toMatchObject({ previousKeyExpiresAt: '2030-01-01T00:00:30.000Z' });
    });

    test('is 409 with Retry-After while an older secret works, unless the grace period is 0', async () => {
      const { served } = await open();
      const { id, key: first } = await newKey(served);
      const path = `${keys}/${id}/rotate`;
      const { key: second } = createdOf(await call(served, 'alice', 'POST', path));
      const refused = await call(served, 'alice', 'POST', path);
      expect([refused.status, problemOf(refused).code, refused.headers.get('retry-after')]).toEqual([
        409,
        'rotation_in_progress',
        '300',
      ]);
      const { key: third } = createdOf(await call(served, 'alice', 'POST', path, { body: { gracePeriodSeconds: 0 } }));
      const statuses = await Promise.all([first, second, third].map((secret) => statusWith(served, secret)));
      expect(statuses).toEqual([401, 401, 200]);
    });

    test('of a key that is blocked or has expired is 409', async () => {
      const { served, clock } = await open();
      const blocked = await newKey(served);
      await call(served, 'alice', 'POST', `${keys}/${blocked.id}/block`);
      const expired = await newKey(served, 'alice', { expiresAt: '2030-01-01T00:00:30Z' });
      clock.advance(30_000);
      for (const { id } of [blocked, expired]) {
        const reply = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`);
        expect([reply.status, problemOf(reply).code]).toEqual([409, 'key_not_active']);
      }
    });

    test('that LiteLLM refuses is 422, that it does not answer 503; the old secret works on', async () => {
      const { served, litellm } = await open();
      const { id, key } = await newKey(served);
      litellm.upstream.failNext('createKey', 'refused');
      const refused = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`);
      expect([refused.status, problemOf(refused).code]).toEqual([422, 'gateway_refused']);
      litellm.upstream.isDown = true;
      const down = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`);
      expect([down.status, problemOf(down).code, down.headers.get('retry-after')]).toEqual([
        503,
        'gateway_unavailable',
        '5',
      ]);
      expect(await statusWith(served, key)).toBe(200);
    });

    test('an admin rotates a key of the tenant', async () => {
      const { served } = await open();
      const { id, key: oldSecret } = await newKey(served);
      const reply = await call(served, 'dana', 'POST', `${admin}/${id}/rotate`, { body: { gracePeriodSeconds: 0 } });
      const { key: newSecret } = createdOf(reply);
      expect(reply.body).toMatchObject({ id, userId: 'alice', previousKeyExpiresAt: '2030-01-01T00:00:00.000Z' });
      expect([await statusWith(served, oldSecret), await statusWith(served, newSecret)]).toEqual([401, 200]);
    });

    test.each<[body: unknown, path: string]>([
      [{ gracePeriodSeconds: -1 }, 'gracePeriodSeconds'],
      [{ gracePeriodSeconds: 604_801 }, 'gracePeriodSeconds'],
      [{ gracePeriodSeconds: '60' }, 'gracePeriodSeconds'],
      [{ gracePeriodSeconds: null }, 'gracePeriodSeconds'],
      [{ gracePeriod: 60 }, 'gracePeriod'],
      [[], ''],
      ['null', ''],
      ['{', ''],
    ])('with the body %j is 400', async (body, path) => {
      const { served } = await open();
      const { id } = await newKey(served);
      const reply = await call(served, 'alice', 'POST', `${keys}/${id}/rotate`, { body });
      expect([reply.status, problemOf(reply).errors?.[0]?.path]).toEqual([400, path]);
    });

    test('with a body that is no JSON is 415', async () => {
      const { served } = await open();
      const { id } = await newKey(served);
      const body = '{"gracePeriodSeconds":0}';
      for (const contentType of ['text/plain', 'application/x-www-form-urlencoded']) {
        const headers = { 'content-type': contentType };
        expect((await call(served, 'alice', 'POST', `${keys}/${id}/rotate`, { body, headers })).status).toBe(415);
      }
      const untyped = await served.send(`${keys}/${id}/rotate`, {
        method: 'POST',
        headers: { authorization: 'Bearer token-of-alice' },
        body: Buffer.from(body),
      });
      expect(untyped.status).toBe(415);
    });
  });
}
