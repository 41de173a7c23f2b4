import { ProxyError } from './errors.ts';

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** What the web framework answers for an exception that no handler has caught: plain text. */
export function crashed(): Response {
  return new Response('Internal Server Error', {
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
}

/** The answer for whatever a handler threw; an error that is no refusal is a fault of the stand-in and says so. */
export function answerForError(error: unknown): Response {
  if (error instanceof ProxyError) return json(error.body, error.status, error.headers);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = `litellm-stand-in failed: ${text}`;
  return json({ error: { message, type: 'internal_server_error', param: null, code: '500' } }, 500);
}
