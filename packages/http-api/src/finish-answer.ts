import { type HttpAnswer, isStreamBody } from './http-message.ts';

/**
 * What every answer has: its request id, its length, and that nobody may keep a copy (nearly everything here is
 * private, and the rest changes by the second). An answer to HEAD has no body.
 */
export function finishAnswer(answer: HttpAnswer, method: string, requestId: string): HttpAnswer {
  const headers = { 'cache-control': 'no-store', ...answer.headers, 'x-request-id': requestId };
  const { status } = answer;
  if (answer.body === undefined || isStreamBody(answer.body)) return { status, headers, body: answer.body };
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  return {
    status,
    headers: { ...headers, 'content-length': String(body.byteLength) },
    body: method === 'HEAD' ? undefined : body,
  };
}
