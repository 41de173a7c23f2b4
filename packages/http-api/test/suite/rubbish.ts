import { type Route, routes } from '@keywright/http-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checked, newKey, type Reply } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const runs = 40;

const nasty = fc.constantFrom<unknown>(
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '🙂'.repeat(300),
  'x'.repeat(100_000),
  '__proto__',
  "'; drop table api_keys; --",
  '<script>alert(1)</script>',
  1e308,
  -1,
  0,
  0.1,
  2 ** 53,
  -0,
  Number.MAX_VALUE,
  null,
  true,
  [],
  {},
  [[[[[[]]]]]],
  '2030-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '99999999999.999999999',
  '1e-9',
);

const value = fc.oneof(
  { weight: 3, arbitrary: nasty },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.string({ unit: 'binary' }),
);

/** A body that has the route's own fields, filled with rubbish. */
function typedRubbish(schema: z.ZodType): fc.Arbitrary<string> {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const plausible = {
    name: 'a',
    userId: 'alice',
    model: 'gpt-a',
    models: ['gpt-a'],
    id: 'initech',
    messages: [{ role: 'user', content: 'a' }],
    input: 'a',
  };
  const fields = Object.fromEntries(known.map((name) => [name, value]));
  return fc
    .tuple(
      fc.record(fields, { requiredKeys: [] }),
      fc.boolean(),
      fc.dictionary(fc.string({ maxLength: 20 }), value, { maxKeys: 2 }),
    )
    .map(([rubbish, isNearlyRight, unknown]) => {
      const base = Object.entries(plausible).filter(([name]) => isNearlyRight && known.includes(name));
      return JSON.stringify({ ...Object.fromEntries(base), ...rubbish, ...(isNearlyRight ? {} : unknown) });
    });
}

const deep = fc
  .integer({ min: 1, max: 30_000 })
  .map((depth) => `{"metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`);

function bodies(route: Route): fc.Arbitrary<string | Uint8Array<ArrayBuffer> | undefined> {
  const bytes = fc.uint8Array({ maxLength: 50 }).map((raw) => new Uint8Array(raw));
  const others = [
    fc.constant(undefined),
    fc.json(),
    fc.string(),
    bytes,
    deep,
    fc.constantFrom('1e999', '{"name":1e999}', '"', '[', '{"a":1,}'),
  ];
  const loose = fc.oneof(...others);
  return route.body
    ? fc.oneof({ weight: 3, arbitrary: typedRubbish(route.body) }, { weight: 1, arbitrary: loose })
    : loose;
}

const contentTypes = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'text/plain',
      'application/xml',
      'application/json; charset=latin1',
      ';;;',
      'application/',
    ),
  },
);

/** Percent-encoded text, and text that only looks so. */
const encoded = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => encodeURIComponent(text)),
  fc.constantFrom(
    '%00',
    '%',
    '%zz',
    '%ff%fe',
    '%ED%A0%80',
    '%2e%2e',
    'null',
    '-1',
    '1e9',
    "'",
    'a'.repeat(3000),
    '%F0%9F%98%80',
  ),
);

function queries(route: Route): fc.Arbitrary<string> {
  const names = [...Object.keys(route.query?.shape ?? {}), 'limit', 'cursor', 'tenantId', '__proto__', 'x'];
  return fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), encoded), encoded), { maxLength: 4 })
    .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join('&'));
}

/** What the ids of a path may be of rows that are there. */
function realIdOf({ path }: Route, keyId: string): string {
  if (path.includes('/users/')) return 'alice';
  return path.includes('/tenants/') ? 'acme' : keyId;
}

function paths(route: Route, realId: string): fc.Arbitrary<string> {
  const prefix = { management: '/api/v1', 'data-plane': '/v1', operations: '' }[route.group];
  const param = fc.oneof(
    fc.constant(realId),
    encoded.filter((text) => !['', '%2e%2e', '.', '..'].includes(text)),
  );
  const parts = route.path.split('/').map((part) => (part.startsWith(':') ? param : fc.constant(part)));
  return fc.tuple(...parts).map((filled) => prefix + filled.join('/'));
}

export function describeRubbish(open: OpenWorld): void {
  describe('rubbish', () => {
    test.each(routes.map((route) => [route.name, route] as const))('%s answers it, below 500', async (_, route) => {
      const { served, storage, clock } = await open();
      const { id, key } = await newKey(served);
      const signedIn = route.caller === 'operator' ? 'token-of-olga' : 'token-of-dana';
      const who = route.group === 'data-plane' ? key : signedIn;
      const lastEntry = async () => (await storage.audit.list('acme', {}, { limit: 1 })).items[0]?.id;
      const call = fc.record({
        path: paths(route, realIdOf(route, id)),
        query: queries(route),
        body: route.method === 'GET' ? fc.constant(undefined) : bodies(route),
        contentType: contentTypes,
        idempotencyKey: fc.constantFrom(undefined, undefined, 'k', '', 'k k', 'x'.repeat(300)),
      });
      await fc.assert(
        fc.asyncProperty(call, async ({ path, query, body, contentType, idempotencyKey }) => {
          clock.advance(1000);
          const before = await lastEntry();
          const response = await served.send(query ? `${path}?${query}` : path, {
            method: route.method,
            headers: {
              authorization: `Bearer ${who}`,
              'content-type': contentType,
              ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
            },
            ...(body !== undefined && { body }),
          });
          const reply = await checked(route.method, path, response);
          expect(reply.status).toBeLessThan(500);
          expect(reply.text).not.toMatch(/\.ts:\d|node_modules|at [\w.]+ \(/);
          if (reply.status < 400) return;
          expect(await lastEntry()).toBe(before);
          if (reply.status === 400) expectNamedField(route, reply);
        }),
        { numRuns: runs },
      );
    });
  });
}

const named = z.union([
  z.looseObject({ code: z.literal('validation_failed'), errors: z.array(z.looseObject({ path: z.string() })).min(1) }),
  z.looseObject({ error: z.looseObject({ message: z.string().regex(/^\S+: |/) }) }),
]);

/** A refusal of input says where; `''` is the whole body. */
function expectNamedField(route: Route, { body }: Reply): void {
  const { success } = named.safeParse(body);
  expect([route.name, success]).toEqual([route.name, true]);
}
