import { createHash, timingSafeEqual } from 'node:crypto';
import { KeywrightError } from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import type { Route, RouteCall } from '../route.ts';

const state = z.enum(['up', 'down']);
const readinessSchema = z
  .strictObject({ status: z.enum(['ready', 'not_ready']), database: state, litellm: state })
  .meta({ id: 'Readiness' });

const operation = { method: 'GET', group: 'operations', caller: 'anyone' } as const;

export const operationRoutes: readonly Route[] = [
  {
    ...operation,
    name: 'getHealth',
    path: '/healthz',
    summary: 'Whether the process runs',
    answers: { 200: z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' }) },
    errors: [],
    handle: async () => jsonAnswer(200, { status: 'ok' }),
  },
  {
    ...operation,
    name: 'getReadiness',
    path: '/readyz',
    summary: 'Whether calls can be served, and what each part is doing',
    description: '503 when the database is down. 200 when only LiteLLM is: keys can still be read and verified.',
    answers: { 200: readinessSchema, 503: readinessSchema },
    errors: [],
    async handle({ keywright }) {
      const { database, litellm } = await keywright.health();
      const isReady = database === 'up';
      return jsonAnswer(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', database, litellm });
    },
  },
  {
    ...operation,
    name: 'getMetrics',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    description: '404 where the host has none; with a token where the host set one.',
    answers: { 200: z.string() },
    errors: ['unauthenticated', 'route_not_found', 'internal_error'],
    handle: answerMetrics,
  },
  {
    ...operation,
    name: 'getOpenApiDocument',
    path: '/openapi.json',
    summary: 'This document',
    answers: { 200: z.looseObject({ openapi: z.string() }).meta({ id: 'OpenApiDocument' }) },
    errors: ['internal_error'],
    handle: async ({ host }) => jsonAnswer(200, await host.document()),
  },
];

async function answerMetrics({ host, headers }: RouteCall) {
  if (!host.metrics) throw new KeywrightError('route_not_found', 'This server has no metrics.');
  if (host.metricsToken !== undefined && !isBearer(headers.authorization, host.metricsToken)) {
    throw new KeywrightError('unauthenticated', 'Send the token of the metrics, as Authorization: Bearer <token>.');
  }
  const { contentType, body } = await host.metrics();
  return { status: 200, headers: { 'content-type': contentType }, body };
}

/** In constant time: hashes have one length, whatever was sent. */
function isBearer(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
