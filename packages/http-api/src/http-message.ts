import type { StreamBody } from '@keywright/core';

/**
 * A request, taken out of the framework that received it. A mount makes one for each call.
 *
 * @typeParam Native the framework's own request, which the host's `authenticate` and `ip` get
 */
export interface HttpRequest<Native = unknown> {
  method: string;
  /** As sent: percent-encoded, without the query, and without the place that the API is mounted at. */
  path: string;
  /** What follows the `?`; empty when nothing does. */
  query: string;
  /** Names in lower case; values of a repeated header joined by `, `. */
  headers: Readonly<Record<string, string | undefined>>;
  body: RequestBody;
  /** Aborts when the caller goes away. */
  signal: AbortSignal;
  /** The caller's address, as far as the framework knows it. */
  ip?: string | undefined;
  native: Native;
}

/** What the host parsed already (by `express.json()`, within limits of its own), or bytes that are read on demand. */
export type RequestBody = { parsed: unknown } | { bytes: AsyncIterable<Uint8Array> };

/**
 * An answer. A mount writes it as it is. Of a body that is a stream it calls exactly one of `pipe` and `cancel`: the
 * usage of the call is written then.
 */
export interface HttpAnswer {
  status: number;
  /** Names in lower case. `content-length` is set for every body that is no stream. */
  headers: Record<string, string>;
  body: string | Uint8Array | StreamBody | undefined;
}

export function isStreamBody(body: HttpAnswer['body']): body is StreamBody {
  return typeof body === 'object' && 'pipe' in body;
}

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
