import { createHash } from 'node:crypto';
import type { Actor, StoredAnswer } from '@keywright/core';
import { errorStatuses } from '../errors/error-statuses.ts';
import { problemAnswer } from '../errors/problem.ts';
import { toKeywrightError } from '../errors/to-keywright-error.ts';
import { type HttpAnswer, jsonAnswer } from '../http-message.ts';
import type { RouteCall } from '../route.ts';
import { canonicalJson } from './canonical-json.ts';
import { readIdempotencyKey } from './idempotency-key.ts';

/** What a call asks for: two calls with one key must not differ in it. */
export interface Asked {
  /** Method and template of the path, such as `POST /api-keys/:id/rotate`. */
  route: string;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** As it was sent; undefined when there was none. */
  body: unknown;
}

const secretGone =
  'The secret was shown once, in the first answer to this Idempotency-Key. If it was lost, rotate the key with ' +
  'gracePeriodSeconds 0.';

/**
 * Does the work of a call that has been authorised: once for each `Idempotency-Key` of a user and a route. A repetition
 * gets the status and body of the first answer, without the secret. Failures of ours, and refusals that say when to come
 * back, are not kept: the same key tries again.
 *
 * Throws `validation_failed`, `idempotency_conflict` and `idempotency_in_progress`.
 */
export async function answerOnce(
  { keywright, headers, requestId }: Pick<RouteCall, 'keywright' | 'headers' | 'requestId'>,
  { tenantId, userId }: Actor,
  { route, ...asked }: Asked,
  work: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const key = readIdempotencyKey(headers);
  if (key === undefined) return work();
  const requestHash = createHash('sha256').update(canonicalJson(asked)).digest('hex');
  const outcome = await keywright.idempotency.run(
    { tenantId, userId, route, key, requestHash },
    () => refusalAsAnswer(work, requestId),
    toStored,
  );
  return outcome.replayed ? replay(outcome.answer) : outcome.answer;
}

async function refusalAsAnswer(work: () => Promise<HttpAnswer>, requestId: string): Promise<HttpAnswer> {
  try {
    return await work();
  } catch (thrown) {
    const error = toKeywrightError(thrown);
    if (errorStatuses[error.code].status >= 500 || error.retryAfterSeconds !== undefined) throw thrown;
    return problemAnswer(error, requestId);
  }
}

function toStored({ status, body }: HttpAnswer): StoredAnswer | undefined {
  if (status >= 500) return undefined;
  if (body === undefined) return { status, body: null };
  return typeof body === 'string' ? { status, body: withoutSecret(JSON.parse(body)) } : undefined;
}

/** A secret is in no answer but as `key`. */
function withoutSecret(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('key' in body)) return body;
  return { ...body, key: null, message: secretGone };
}

function replay({ status, body }: StoredAnswer): HttpAnswer {
  const headers = { 'idempotent-replayed': 'true' };
  if (body === null) return { status, headers, body: undefined };
  const contentType = status >= 400 ? { 'content-type': 'application/problem+json; charset=utf-8' } : {};
  return jsonAnswer(status, body, { ...contentType, ...headers });
}
