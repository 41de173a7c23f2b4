import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { call, problemOf } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', body: 'keywright_up 1\n' });

export function describeOperations(open: OpenWorld): void {
  describe('operations', () => {
    test('GET /healthz says that the process runs, whatever is down', async () => {
      const { served, litellm, storage } = await open();
      storage.check = () => Promise.reject(new Error('down'));
      litellm.upstream.isDown = true;
      const reply = await call(served, '', 'GET', '/healthz');
      expect([reply.status, reply.body]).toEqual([200, { status: 'ok' }]);
    });

    test('GET /readyz: 200 while only LiteLLM is down, 503 when the database is', async () => {
      const { served, litellm, storage } = await open();
      const up = await call(served, '', 'GET', '/readyz');
      expect([up.status, up.body]).toEqual([200, { status: 'ready', database: 'up', litellm: 'up' }]);
      litellm.upstream.isDown = true;
      const half = await call(served, '', 'GET', '/readyz');
      expect([half.status, half.body]).toEqual([200, { status: 'ready', database: 'up', litellm: 'down' }]);
      storage.check = () => Promise.reject(new Error('down'));
      const down = await call(served, '', 'GET', '/readyz');
      expect([down.status, down.body]).toEqual([503, { status: 'not_ready', database: 'down', litellm: 'down' }]);
    });

    test('GET /metrics is 404 without metrics, and the text of the host with them', async () => {
      const without = await open();
      const reply = await call(without.served, '', 'GET', '/metrics');
      expect([reply.status, problemOf(reply).code]).toEqual([404, 'route_not_found']);
      const { served } = await open({ metrics });
      const shown = await call(served, '', 'GET', '/metrics');
      expect([shown.status, shown.text]).toEqual([200, 'keywright_up 1\n']);
      expect(shown.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    });

    test('GET /metrics asks for its token', async () => {
      const { served } = await open({ metrics, metricsToken: 'let-me-in' });
      for (const headers of [{}, { authorization: 'Bearer let-me-on' }, { authorization: 'Basic let-me-in' }]) {
        const reply = await call(served, '', 'GET', '/metrics', { headers });
        expect([reply.status, problemOf(reply).code]).toEqual([401, 'unauthenticated']);
      }
      const headers = { authorization: 'Bearer let-me-in' };
      expect((await call(served, '', 'GET', '/metrics', { headers })).status).toBe(200);
    });

    test('GET /openapi.json describes the routes that are served', async () => {
      const { served } = await open();
      const reply = await call(served, '', 'GET', '/openapi.json');
      expect(reply.status).toBe(200);
      const { openapi, paths } = z
        .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
        .parse(reply.body);
      expect(openapi).toMatch(/^3\.1/);
      expect(Object.keys(paths)).toContain('/api/v1/admin/api-keys/{id}/usage');
    });
  });
}
