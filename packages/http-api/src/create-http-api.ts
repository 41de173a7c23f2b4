import { KeywrightError, silentLogger } from '@keywright/core';
import { errorStatuses } from './errors/error-statuses.ts';
import { logFailure } from './errors/log-failure.ts';
import { toKeywrightError } from './errors/to-keywright-error.ts';
import { finishAnswer } from './finish-answer.ts';
import type { HttpApiOptions } from './http-api-options.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { requestIdOf } from './request-id.ts';
import type { OpenApiDocument } from './route.ts';
import { routes } from './routes.ts';
import { type MountedRoute, RouteTable } from './routing/route-table.ts';
import { refuse, type ServeContext, serveRequest } from './serve-request.ts';

/**
 * The HTTP surface, apart from every framework.
 *
 * @typeParam Native the request of the framework that it is mounted on
 */
export interface HttpApi<Native = unknown> {
  /** Every route where it is served. */
  readonly routes: readonly MountedRoute[];
  /** Answers a request. Never throws: whatever goes wrong is an answer. */
  readonly handle: (request: HttpRequest<Native>) => Promise<HttpAnswer>;
  /** Whether a path is that of a route, whatever the method. */
  readonly hasRoute: (path: string) => boolean;
  /** The same, or the path lies below the prefix of management or data plane, so that a 404 is ours to say. */
  readonly claims: (path: string) => boolean;
  /** The OpenAPI 3.1 document of the routes. Made once. */
  readonly document: () => Promise<OpenApiDocument>;
}

/**
 * Makes the API. Throws `configuration_invalid` when an option makes no sense. Give the result to a mount:
 * `createKeywrightRouter` of `@keywright/express-adapter`, or `createFetchHandler` of `@keywright/http-api/fetch`.
 *
 * @example
 * const api = createHttpApi({ keywright, authenticate: (request: Request) => actorOfSession(request) });
 */
export function createHttpApi<Native = unknown>(options: HttpApiOptions<Native>): HttpApi<Native> {
  assertOptions(options);
  const table = new RouteTable(routes, options.prefixes);
  const logger = options.logger ?? silentLogger;
  let document: Promise<OpenApiDocument> | undefined;
  const context: ServeContext<Native> = {
    options,
    logger,
    routes: table.routes,
    document() {
      document ??= makeDocument(table.routes);
      return document;
    },
  };
  return {
    routes: table.routes,
    document: context.document,
    hasRoute: (path) => table.find('GET', path).kind !== 'none',
    claims(path) {
      const match = table.find('GET', path);
      return match.kind !== 'none' || match.group !== undefined;
    },
    async handle(request) {
      const requestId = requestIdOf(request.headers);
      const match = table.find(request.method, request.path);
      const route = match.kind === 'route' ? match.route : undefined;
      try {
        return finishAnswer(await serveRequest(context, request, match, requestId), request.method, requestId);
      } catch (thrown) {
        const error = toKeywrightError(thrown);
        if (errorStatuses[error.code].status >= 500) logFailure(logger, error, { requestId, route: route?.name });
        const group = match.kind === 'route' ? match.route.group : match.group;
        return finishAnswer(refuse(error, group, requestId), request.method, requestId);
      }
    },
  };
}

/** Only a document needs the generator, so only then is it loaded. */
async function makeDocument(routes: readonly MountedRoute[]): Promise<OpenApiDocument> {
  const { createOpenApiDocument } = await import('@keywright/http-api/openapi');
  return createOpenApiDocument({ routes });
}

function assertOptions({ keywright, authenticate, ...options }: HttpApiOptions<never>): void {
  if (!keywright) throw new KeywrightError('configuration_invalid', 'keywright is missing: give createKeywright(...).');
  if (typeof authenticate !== 'function') {
    throw new KeywrightError(
      'configuration_invalid',
      'authenticate is missing: a function from a request to an Actor.',
    );
  }
  const { bodyLimitBytes, dataPlaneBodyLimitBytes } = options;
  for (const [name, value] of Object.entries({ bodyLimitBytes, dataPlaneBodyLimitBytes })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new KeywrightError('configuration_invalid', `${name} should be a whole number of bytes from 1.`);
  }
  if (options.metricsToken === '') {
    throw new KeywrightError('configuration_invalid', 'metricsToken should not be empty: leave it out for no token.');
  }
}
