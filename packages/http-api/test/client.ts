import {
  dataPlaneErrorSchema,
  dataPlaneStatuses,
  errorStatuses,
  problemSchema,
  RouteTable,
  routes,
} from '@keywright/http-api';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Served } from './world.ts';

const table = new RouteTable(routes);

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON; undefined when there is none. */
  body: unknown;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Calls a route as somebody (a name, or `''` for nobody), and holds every answer against the route's own description:
 * the status and body of a success, the code and shape of a refusal, the headers that every answer has.
 */
export async function call(
  served: Served,
  who: string,
  method: string,
  path: string,
  { body, headers = {} }: CallOptions = {},
): Promise<Reply> {
  const sent = { ...(who && { authorization: `Bearer token-of-${who}` }), ...headers };
  const response = await served.send(path, {
    method,
    headers: body === undefined ? sent : { 'content-type': 'application/json', ...sent },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return checked(method, path, response);
}

/** As `call`, with an API key. */
export function callWithKey(
  served: Served,
  key: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  return call(served, '', method, path, {
    ...options,
    headers: { authorization: `Bearer ${key}`, ...options.headers },
  });
}

export async function checked(method: string, path: string, response: Response): Promise<Reply> {
  const text = await response.text();
  const { status, headers } = response;
  const isJson = /^application\/(problem\+)?json/.test(headers.get('content-type') ?? '');
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  const reply = { status, headers, text, body };
  expect(headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
  expect(headers.get('cache-control')).toBe('no-store');
  if (method !== 'HEAD') assertDescribed(method, path, reply);
  return reply;
}

function assertDescribed(method: string, path: string, { status, headers, body, text }: Reply): void {
  const match = table.find(method, path.replace(/\?.*$/s, ''));
  const route = match.kind === 'route' ? match.route : undefined;
  if (route && Object.hasOwn(route.answers, status)) {
    const schema = route.answers[status];
    if (schema === null) expect(text).toBe('');
    else if (schema && !headers.get('content-type')?.startsWith('text/')) expectFit(schema, body);
    return;
  }
  const group = match.kind === 'route' ? match.route.group : match.group;
  if (group === 'data-plane') {
    expectFit(dataPlaneErrorSchema, body);
    const { code } = dataPlaneErrorSchema.parse(body).error;
    expect(dataPlaneStatuses[code]).toContain(status);
    if (route) expect(route.errors).toContain(code);
  } else {
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expectFit(problemSchema, body);
    const { code, status: told } = problemSchema.parse(body);
    expect([told, errorStatuses[code].status]).toEqual([status, status]);
    if (route) expect(route.errors).toContain(code);
  }
}

function expectFit(schema: z.ZodType, body: unknown): void {
  const { error } = schema.safeParse(body);
  expect(error ? z.prettifyError(error) : 'fits').toBe('fits');
}

const withKey = z.looseObject({ id: z.string(), key: z.string() });
const withId = z.looseObject({ id: z.string() });
const withData = z.looseObject({ data: z.array(withId), nextCursor: z.string().nullable() });

/** Every field of a body that is an object. */
export const fieldsOf = (reply: Reply) => z.record(z.string(), z.unknown()).parse(reply.body);
export const createdOf = (reply: Reply) => withKey.parse(reply.body);
export const idOf = (reply: Reply) => withId.parse(reply.body).id;
export const listOf = (reply: Reply) => withData.parse(reply.body);
export const problemOf = (reply: Reply) => problemSchema.parse(reply.body);
export const openAiErrorOf = (reply: Reply) => dataPlaneErrorSchema.parse(reply.body).error;

/** Creates a key and returns its id and secret. */
export async function newKey(
  served: Served,
  who = 'alice',
  body: Record<string, unknown> = {},
): Promise<{ id: string; key: string }> {
  const reply = await call(served, who, 'POST', '/api/v1/api-keys', { body: { name: 'a key', ...body } });
  expect(reply.status).toBe(201);
  return createdOf(reply);
}
