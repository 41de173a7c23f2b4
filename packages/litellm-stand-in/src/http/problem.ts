import { ProxyError } from './errors.ts';

/** RFC 9457, the form of errors below /management/v1. */
export function problem(
  status: number,
  slug: string,
  title: string,
  detail: string,
  more: Record<string, unknown> = {},
): ProxyError {
  const body = { type: `urn:litellm:error:${slug}`, title, status, detail, ...more };
  return new ProxyError(status, detail, body, { 'content-type': 'application/problem+json' });
}
