import type { RelayPath } from '@keywright/core';
import { z } from 'zod';
import { type HttpAnswer, isStreamBody } from '../http-message.ts';
import type { Route, RouteCall } from '../route.ts';
import { readCredential } from './credential.ts';
import { dataPlaneErrorAnswer, dataPlaneErrorBody } from './data-plane-error.ts';
import { dataPlaneRoute, refuseCall } from './data-plane-route.ts';
import { describeRefusal } from './gateway-errors.ts';
import { missingKey } from './verify-errors.ts';

const errors = [
  'validation_failed',
  'model_not_allowed',
  'invalid_request',
  'rate_limit_exceeded',
  'insufficient_quota',
  'upstream_rate_limited',
  'upstream_error',
  'gateway_key_missing',
  'body_too_large',
  'unsupported_media_type',
] as const;

/** What we look at; what else passes is core's list of OpenAI's own fields, and what the host allows. */
const chatBody = z
  .looseObject({
    model: z.string(),
    messages: z.array(z.looseObject({ role: z.string() })).min(1),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'ChatCompletionRequest', description: "OpenAI's body." });

const embeddingsBody = z
  .looseObject({ model: z.string(), input: z.union([z.string(), z.array(z.unknown())]) })
  .meta({ id: 'EmbeddingsRequest', description: "OpenAI's body." });

const passed = z.looseObject({}).meta({ id: 'OpenAiAnswer', description: "OpenAI's answer, as the provider gave it." });

export const relayRoutes: readonly Route[] = [
  dataPlaneRoute({
    name: 'createChatCompletion',
    method: 'POST',
    path: '/chat/completions',
    alsoUnder: 'management',
    summary: 'Chat with a model',
    body: chatBody,
    answers: { 200: passed },
    streams: true,
    errors,
    handle: (call) => relay(call, '/v1/chat/completions'),
  }),
  dataPlaneRoute({
    name: 'createEmbeddings',
    method: 'POST',
    path: '/embeddings',
    alsoUnder: 'management',
    summary: 'Turn texts into vectors',
    body: embeddingsBody,
    answers: { 200: passed },
    errors,
    handle: (call) => relay(call, '/v1/embeddings'),
  }),
];

async function relay(call: RouteCall, path: RelayPath): Promise<HttpAnswer> {
  const secret = readCredential(call.headers);
  if (!secret) return dataPlaneErrorAnswer(missingKey); // before a byte of the body is read
  const result = await call.keywright.chatCompletions.relay({
    path,
    secret,
    body: () => call.json(),
    headers: call.headers,
    ip: call.ip,
    tenantId: call.headers['x-tenant-id'],
    signal: call.signal,
    describeRefusal: (refusal) => dataPlaneErrorBody(describeRefusal(refusal)),
  });
  if (!result.ok) return refuseCall(call, result.refusal);
  const { status, headers, body } = result;
  return { status, headers: { ...(isStreamBody(body) ? streamHeaders : wholeHeaders), ...headers }, body };
}

const wholeHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** nginx buffers what it proxies unless the answer says not to. */
const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
