import { session } from './session.js';

/** A refusal, with the fields that were wrong (RFC 9457), and when to come back; 0 when nothing says so. */
export class ApiError extends Error {
  constructor(status, problem, retryAfter = null) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code;
    this.fields = problem.errors ?? [];
    this.retryAfterSeconds = Number(retryAfter);
  }
}

export async function api(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${session.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { detail: 'The server does not answer. Does it still run?' });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer, response.headers.get('retry-after'));
  return answer;
}
