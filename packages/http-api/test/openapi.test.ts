import { type MountedRoute, RouteTable, routes } from '@keywright/http-api';
import { createOpenApiDocument } from '@keywright/http-api/openapi';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const operationShape = z.looseObject({
  operationId: z.string(),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()).optional() })),
});
const document = createOpenApiDocument({ routes: new RouteTable(routes).routes });

function operationOf({ path, method }: Pick<MountedRoute, 'path' | 'method'>) {
  const item = z.record(z.string(), z.unknown()).parse(document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]);
  return operationShape.parse(item[method.toLowerCase()]);
}

describe('the OpenAPI document', () => {
  test('has no problem that a linter knows of', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // where it is served is the host's to say; '/' stands for "where this document is"
        'no-server-example.com': 'off',
        // probes and this document refuse nobody
        'operation-4xx-response': 'off',
      },
    });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    const shown = problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`,
    );
    expect(shown).toEqual([]);
  });

  test('has every route once, with every status that it answers', () => {
    const served = new RouteTable(routes).routes.filter(({ isAlias }) => !isAlias);
    for (const route of served) {
      const { operationId, responses } = operationOf(route);
      expect(operationId).toBe(route.name);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(Object.keys(route.answers)));
      for (const code of route.errors) expect(JSON.stringify(responses)).toContain(`"${code}"`);
    }
    expect(served).toHaveLength(routes.length);
  });

  test('says where the aliases are, and that chat may be a stream', () => {
    const chat = document.paths['/v1/chat/completions'];
    expect(JSON.stringify(chat)).toContain('Also served at `/api/v1/chat/completions`.');
    expect(JSON.stringify(chat)).toContain('text/event-stream');
    expect(document.paths['/api/v1/chat/completions']).toBeUndefined();
  });

  test('describes the Idempotency-Key of the routes that take one, and of no other', () => {
    const described = new RouteTable(routes).routes
      .filter((route) => !route.isAlias && JSON.stringify(operationOf(route)).includes('"Idempotency-Key"'))
      .map(({ name }) => name);
    expect(described).toEqual([
      'createApiKey',
      'deleteApiKey',
      'rotateApiKey',
      'createApiKeyForUser',
      'deleteApiKeyOfTenant',
      'rotateApiKeyOfTenant',
    ]);
    const { responses } = operationOf({ method: 'POST', path: '/api/v1/api-keys/:id/rotate' });
    const replayed = Object.entries(responses).filter(([, response]) =>
      JSON.stringify(response).includes('"Idempotent-Replayed"'),
    );
    expect(replayed.map(([status]) => status)).toEqual(Object.keys(responses).filter((status) => Number(status) < 500));
  });

  test('says that the body of a rotation may be left out', () => {
    expect(document.paths['/api/v1/api-keys/{id}/rotate']).toMatchObject({
      post: { requestBody: { required: false } },
    });
    expect(document.paths['/api/v1/api-keys']).toMatchObject({ post: { requestBody: { required: true } } });
  });

  test('shows input as it is on the wire', () => {
    const { schemas } = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(document.components);
    expect(schemas.NewApiKey).toMatchObject({
      properties: {
        maxBudget: { anyOf: [{ type: ['string', 'number'] }, { type: 'null' }] },
        expiresAt: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  test('follows the prefixes, and takes another title and address', () => {
    const elsewhere = createOpenApiDocument({
      routes: new RouteTable(routes, { management: '/keys', operations: false }).routes,
      info: { title: 'Ours', version: '2' },
      serverUrl: 'https://llm.acme.test',
    });
    expect(elsewhere).toMatchObject({
      info: { title: 'Ours', version: '2' },
      servers: [{ url: 'https://llm.acme.test' }],
    });
    expect(Object.keys(elsewhere.paths)).toContain('/keys/api-keys');
    expect(Object.keys(elsewhere.paths)).not.toContain('/healthz');
  });
});
