import { type HttpAnswer, type HttpApi, type HttpRequest, isStreamBody } from '@keywright/http-api';
import { toReadableStream } from './to-readable-stream.ts';

/**
 * Mounts the API on web-standard `Request` and `Response`: Hono, Next.js, Deno, Bun, or a test without a server. The
 * caller's address is not in a web `Request`: give `ip` to `createHttpApi`, or keys with an IP allow-list are refused.
 *
 * @example
 * const handler = createFetchHandler(createHttpApi<Request>({ keywright, authenticate }));
 * const response = await handler(new Request('https://example.com/healthz'));
 */
export function createFetchHandler(api: HttpApi<Request>): (request: Request) => Promise<Response> {
  return async function handleFetch(request) {
    const reader = new AbortController();
    const signal = AbortSignal.any([request.signal, reader.signal]);
    const answer = await api.handle(toHttpRequest(request, signal));
    return toResponse(answer, signal, (reason) => reader.abort(reason));
  };
}

function toHttpRequest(request: Request, signal: AbortSignal): HttpRequest<Request> {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: Object.fromEntries(request.headers),
    body: { bytes: request.body ?? noBytes },
    signal,
    native: request,
  };
}

const noBytes: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

function toResponse(
  { status, headers, body }: HttpAnswer,
  signal: AbortSignal,
  leave: (reason: unknown) => void,
): Response {
  if (body === undefined) return new Response(null, { status, headers });
  if (!isStreamBody(body)) return new Response(Uint8Array.from(Buffer.from(body)), { status, headers });
  return new Response(toReadableStream(body, signal, leave), { status, headers });
}
