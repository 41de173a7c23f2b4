import type { MountedRoute } from '@keywright/http-api';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { errorResponses } from './error-responses.ts';
import { idempotencyKeyHeader, replayedHeader } from './idempotency-headers.ts';

const tagOf = {
  user: 'Own',
  admin: 'Administration',
  operator: 'Platform',
  'api-key': 'Models',
  anyone: 'Operations',
} as const;

const securityOf = {
  user: [{ session: [] }],
  admin: [{ session: [] }],
  operator: [{ session: [] }],
  'api-key': [{ apiKey: [] }, { apiKeyHeader: [] }],
  anyone: [],
};

const titles: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  503: 'Not ready',
};

const tenantHeader = z.object({
  'X-Tenant-ID': z.string().optional().meta({ description: 'If present, it must name the tenant of the API key.' }),
});

/** @param alias where else the route is served */
export function toOperation(route: MountedRoute, alias: string | undefined): ZodOpenApiOperationObject {
  const { name, summary, params, query, body, caller, idempotent } = route;
  const description = [route.description, alias && `Also served at \`${alias}\`.`].filter(Boolean).join('\n\n');
  const requestParams = {
    ...(params && { path: params }),
    ...(query && { query }),
    ...(caller === 'api-key' && { header: tenantHeader }),
    ...(idempotent && { header: idempotencyKeyHeader }),
  };
  return {
    operationId: name,
    summary,
    ...(description && { description }),
    tags: [tagOf[caller]],
    security: securityOf[caller],
    ...(Object.keys(requestParams).length > 0 && { requestParams }),
    ...(body && {
      requestBody: { required: !route.bodyIsOptional, content: { 'application/json': { schema: body } } },
    }),
    responses: { ...answerResponses(route), ...errorResponses(route) },
  };
}

function answerResponses({ answers, streams, idempotent }: MountedRoute): ZodOpenApiResponsesObject {
  const entries = Object.entries(answers).map(([status, schema]): [string, ZodOpenApiResponseObject] => [
    status,
    {
      description: titles[Number(status)] ?? 'OK',
      ...(idempotent && { headers: replayedHeader }),
      ...(schema && { content: contentOf(schema, streams) }),
    },
  ]);
  return Object.fromEntries(entries);
}

function contentOf(schema: z.ZodType, streams: boolean | undefined): NonNullable<ZodOpenApiResponseObject['content']> {
  if (schema instanceof z.ZodString) return { 'text/plain': { schema } };
  const events = z.string().meta({ description: 'Server-sent events, as the provider writes them.' });
  return { 'application/json': { schema }, ...(streams && { 'text/event-stream': { schema: events } }) };
}
