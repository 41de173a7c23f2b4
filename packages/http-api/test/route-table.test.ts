import { isKeywrightError } from '@keywright/core';
import { createHttpApi, type Prefixes, RouteTable, routes } from '@keywright/http-api';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createWorld } from './world.ts';

const nobody = () => null;
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return isKeywrightError(error) ? error.code : String(error);
  }
  return undefined;
};

describe('the table of routes', () => {
  test('has unique names, and names every parameter of its paths', () => {
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
    for (const { path, params } of routes) {
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect([path, Object.keys(params?.shape ?? {})]).toEqual([path, named]);
    }
  });

  test('every route whose answer holds a secret takes an Idempotency-Key', () => {
    const withSecret = routes.filter(({ answers }) =>
      Object.values(answers).some((schema) => schema instanceof z.ZodObject && 'key' in schema.shape),
    );
    expect(withSecret.length).toBeGreaterThan(0);
    expect(withSecret.filter(({ idempotent }) => !idempotent)).toEqual([]);
  });

  test('serves chat and embeddings under both prefixes, and each list of models under its own', () => {
    const table = new RouteTable(routes);
    const nameAt = (method: string, path: string) => {
      const match = table.find(method, path);
      return match.kind === 'route' ? match.route.name : match.kind;
    };
    expect(nameAt('POST', '/v1/chat/completions')).toBe('createChatCompletion');
    expect(nameAt('POST', '/api/v1/chat/completions')).toBe('createChatCompletion');
    expect(nameAt('POST', '/api/v1/embeddings')).toBe('createEmbeddings');
    expect(nameAt('GET', '/v1/models')).toBe('listModels');
    expect(nameAt('GET', '/api/v1/models')).toBe('listAvailableModels');
    expect(nameAt('GET', '/api/v1/api-keys/stats')).toBe('getApiKeyStatistics');
    expect(nameAt('PATCH', '/api/v1/api-keys/stats')).toBe('updateApiKey');
  });

  test.each<[Prefixes, string]>([
    [{ management: '/v1', dataPlane: '/v1' }, 'configuration_invalid'],
    [{ management: 'api' }, 'configuration_invalid'],
    [{ management: '/api/' }, 'configuration_invalid'],
    [{ dataPlane: '/:tenant' }, 'configuration_invalid'],
  ])('the prefixes %j are refused', (prefixes, code) => {
    expect(codeOf(() => new RouteTable(routes, prefixes))).toBe(code);
  });

  test('a group that is switched off is not there, nor are its aliases', () => {
    const table = new RouteTable(routes, { dataPlane: false, management: '/keys' });
    expect(table.find('POST', '/v1/chat/completions')).toEqual({ kind: 'none', group: undefined });
    expect(table.find('POST', '/keys/chat/completions')).toEqual({ kind: 'none', group: 'management' });
    expect(table.find('GET', '/keys/api-keys').kind).toBe('route');
  });

  test('the longer prefix decides in which shape a path without a route is refused', () => {
    const table = new RouteTable(routes, { management: '/api', dataPlane: '/api/openai' });
    expect(table.find('GET', '/api/openai/x')).toEqual({ kind: 'none', group: 'data-plane' });
    expect(table.find('GET', '/api/x')).toEqual({ kind: 'none', group: 'management' });
    expect(table.find('GET', '/apix')).toEqual({ kind: 'none', group: undefined });
  });
});

describe('createHttpApi', () => {
  test.each([
    { bodyLimitBytes: 0 },
    { bodyLimitBytes: 1.5 },
    { dataPlaneBodyLimitBytes: Number.NaN },
    { metricsToken: '' },
  ])('refuses %j', async (options) => {
    const { keywright } = await createWorld();
    expect(codeOf(() => createHttpApi({ keywright, authenticate: nobody, ...options }))).toBe('configuration_invalid');
  });

  test('writes the document once', async () => {
    const { keywright } = await createWorld();
    const api = createHttpApi({ keywright, authenticate: nobody });
    expect(await api.document()).toBe(await api.document());
  });

  test('a host whose sign-in throws is answered with 500, and the host is told', async () => {
    const { log, options } = await createWorld();
    const api = createHttpApi({
      ...options,
      authenticate: () => {
        throw new Error('session store is down');
      },
    });
    const request = { method: 'GET', path: '/api/v1/usage', query: '', headers: {}, body: { parsed: undefined } };
    const answer = await api.handle({ ...request, signal: new AbortController().signal, native: undefined });
    expect(answer.status).toBe(500);
    expect(String(answer.body)).not.toContain('session store');
    expect(log.join()).toContain('session store is down');
  });
});
