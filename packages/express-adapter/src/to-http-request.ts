import type { HttpRequest, RequestBody } from '@keywright/http-api';
import type { Request } from 'express';

/** @param signal aborts when the caller goes away */
export function toHttpRequest(req: Request, signal: AbortSignal): HttpRequest<Request> {
  const mark = req.url.indexOf('?');
  return {
    method: req.method,
    path: req.path,
    query: mark < 0 ? '' : req.url.slice(mark + 1),
    headers: joinedHeaders(req),
    body: bodyOf(req),
    signal,
    ip: req.ip,
    native: req,
  };
}

/** Node drops the second of two `Authorization` headers; we want to see, and refuse, both. */
export function joinedHeaders(req: Request): Record<string, string | undefined> {
  const entries = Object.entries(req.headersDistinct).map(([name, values]) => [name, values?.join(', ')]);
  return Object.fromEntries(entries);
}

/** Leaving the loop over a request would destroy its socket, and with it the answer that says why. */
function bodyOf(req: Request): RequestBody {
  const parsed: unknown = req.body;
  return parsed === undefined ? { bytes: req.iterator({ destroyOnReturn: false }) } : { parsed };
}
