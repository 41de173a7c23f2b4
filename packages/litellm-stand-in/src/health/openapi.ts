import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import type { FieldSpecs } from '../http/fields.ts';
import type { Route } from '../http/routes.ts';
import { isAtLeast } from '../version/profile.ts';

const jsonTypes = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  strings: { type: 'array', items: { type: 'string' } },
  list: { type: 'array', items: {} },
  object: { type: 'object' },
};

function bodySchema(fields: FieldSpecs): unknown {
  const properties = Object.entries(fields).map(([name, spec]) => [name, jsonTypes[spec.type]]);
  const schema = { type: 'object', properties: Object.fromEntries(properties) };
  return { content: { 'application/json': { schema } } };
}

function operation(route: Route): unknown {
  const parameters = Object.entries(route.query ?? {});
  return {
    responses: { 200: { description: 'Successful Response' } },
    ...(parameters.length > 0 && {
      parameters: parameters.map(([name, spec]) => ({ name, in: 'query', schema: jsonTypes[spec.type] })),
    }),
    ...(route.body && { requestBody: bodySchema(route.body) }),
  };
}

/** GET /openapi.json: the release and the paths that the stand-in answers. */
export function openApi(routes: readonly Route[]): (call: Pick<Call, 'proxy'>) => Response {
  return ({ proxy }) => {
    const paths: Record<string, Record<string, unknown>> = {};
    for (const route of routes) {
      const later = route.since !== undefined && !isAtLeast(proxy.profile.version, route.since);
      if (later || route.hidden) continue;
      for (const path of route.paths) {
        const operations = paths[path] ?? {};
        operations[route.method.toLowerCase()] = operation(route);
        paths[path] = operations;
      }
    }
    return json({ openapi: '3.1.0', info: { title: 'LiteLLM API', version: proxy.profile.version }, paths });
  };
}
