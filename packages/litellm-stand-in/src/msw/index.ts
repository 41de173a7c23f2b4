import type { LiteLlmStandIn } from '@keywright/litellm-stand-in';
import { type HttpHandler, http } from 'msw';

/** The request as if it had been sent to the root of a host. */
function belowBase(request: Request, basePath: string): Request {
  if (basePath === '') return request;
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(basePath.length) || '/';
  return new Request(url, request);
}

/**
 * Handlers with which msw answers every request below a base URL from a stand-in.
 *
 * @param baseUrl for example `http://litellm.test` or `https://gateway.test/litellm`.
 */
export function liteLlmHandlers(standIn: LiteLlmStandIn, baseUrl: string): HttpHandler[] {
  const base = baseUrl.replace(/\/+$/, '');
  const basePath = new URL(base).pathname.replace(/\/$/, '');
  const answer = http.all(`${base}/*`, async ({ request }) => {
    try {
      return await standIn.handle(belowBase(request, basePath));
    } catch {
      // msw makes an answer of status 500 out of what a handler throws; this makes fetch reject.
      return Response.error();
    }
  });
  return [answer];
}
