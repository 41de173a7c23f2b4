import { type Actor, KeywrightError, type Logger, redactSecrets } from '@keywright/core';
import { dataPlaneErrorAnswer } from './chat-completions/data-plane-error.ts';
import { toDataPlaneError } from './chat-completions/to-data-plane-error.ts';
import { problemAnswer } from './errors/problem.ts';
import type { HttpApiOptions } from './http-api-options.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { readJson } from './request-body.ts';
import { withOrigin } from './request-origin.ts';
import type { OpenApiDocument, RouteCall, RouteGroup } from './route.ts';
import { decode, parseQuery } from './routing/query-string.ts';
import type { MountedRoute, RouteMatch } from './routing/route-table.ts';

const mebibyte = 1024 * 1024;

/** What answering takes beside the request. */
export interface ServeContext<Native> {
  options: HttpApiOptions<Native>;
  logger: Logger;
  document: () => Promise<OpenApiDocument>;
  routes: readonly MountedRoute[];
}

/** Answers a request whose route has been looked up. Throws for refusals: `refuse` makes an answer of them. */
export async function serveRequest<Native>(
  context: ServeContext<Native>,
  request: HttpRequest<Native>,
  match: RouteMatch,
  requestId: string,
): Promise<HttpAnswer> {
  if (match.kind === 'route') return match.route.handle(toCall(context, request, match, requestId));
  if (match.kind === 'none') throw new KeywrightError('route_not_found', notFound(context.routes, match.group));
  const error = new KeywrightError('method_not_allowed', `This route answers ${match.allow}.`);
  const answer = refuse(error, match.group, requestId);
  return { ...answer, headers: { ...answer.headers, allow: match.allow } };
}

/** To the holder of a key it says what is served: his client may ask for more of OpenAI's API than there is here. */
function notFound(routes: readonly MountedRoute[], group: RouteGroup | undefined): string {
  const served = routes.filter((route) => route.group === group && !route.isAlias);
  const list = served.map(({ method, path }) => `${method} ${path}`).join(', ');
  return `There is no such route.${group === 'data-plane' && list ? ` Served are ${list}.` : ''}`;
}

/** A refusal in the shape that callers of the group expect. */
export function refuse(error: KeywrightError, group: RouteGroup | undefined, requestId: string): HttpAnswer {
  return group === 'data-plane' ? dataPlaneErrorAnswer(toDataPlaneError(error)) : problemAnswer(error, requestId);
}

function toCall<Native>(
  context: ServeContext<Native>,
  request: HttpRequest<Native>,
  { route, rawParams }: Extract<RouteMatch, { kind: 'route' }>,
  requestId: string,
): RouteCall {
  const { options, logger } = context;
  const { keywright, metrics, metricsToken } = options;
  const { headers, signal } = request;
  const ip = options.ip ? options.ip(request.native) : request.ip;
  return {
    keywright,
    params: decodeParams(rawParams),
    headers,
    ip,
    signal,
    requestId,
    query: () => parseQuery(request.query),
    async actor(): Promise<Actor> {
      const actor = await options.authenticate(request.native);
      if (!actor) throw new KeywrightError('unauthenticated', 'Sign in to call this route.');
      return withOrigin(actor, { requestId, ip, headers });
    },
    json: () => readJson(request, bodyLimit(options, route), route.bodyIsOptional),
    host: {
      metrics,
      metricsToken,
      document: context.document,
      note: (message, fields) => logger.warn(message, { requestId, route: route.name, ...redacted(fields) }),
    },
  };
}

function redacted(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? redactSecrets(value) : value]),
  );
}

function bodyLimit(
  options: Pick<HttpApiOptions, 'bodyLimitBytes' | 'dataPlaneBodyLimitBytes'>,
  { group }: MountedRoute,
): number {
  if (group === 'data-plane') return options.dataPlaneBodyLimitBytes ?? 10 * mebibyte;
  return options.bodyLimitBytes ?? mebibyte;
}

function decodeParams(raw: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(raw).map(([name, text]) => {
    const value = decode(text);
    if (value !== undefined) return [name, value];
    const message = 'should be percent-encoded UTF-8';
    throw new KeywrightError('validation_failed', `${name}: ${message}`, { errors: [{ path: name, message }] });
  });
  return Object.fromEntries(entries);
}
