import type { MountedRoute, OpenApiDocument } from '@keywright/http-api';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { tidySchema } from './tidy-schema.ts';
import { toOperation } from './to-operation.ts';

/** What a document is made of. */
export interface OpenApiOptions {
  /** `createHttpApi(...).routes`: where each route is served. */
  routes: readonly MountedRoute[];
  /** Default: Keywright's own. */
  info?: { title: string; version: string; description?: string };
  /** Where the routes are served: absolute, or below the document's own address. Default `/`. */
  serverUrl?: string;
}

const keywrightInfo = {
  title: 'Keywright',
  version: '1',
  description: 'API keys for LLM platforms: issue, limit, meter and audit them, and call models with them.',
};

const tags = [
  { name: 'Own', description: "What is the caller's: keys, subscriptions, usage." },
  { name: 'Administration', description: "A tenant's; for its admins, and for operators." },
  { name: 'Platform', description: 'The tenants; for operators.' },
  { name: 'Models', description: "Calls with an API key, in OpenAI's form." },
  { name: 'Operations', description: 'For whoever runs the server.' },
];

const securitySchemes = {
  session: {
    type: 'http',
    scheme: 'bearer',
    description: "The host application's own sign-in; it may be another scheme than a bearer token.",
  },
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
  apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
} as const;

/** Writes the OpenAPI 3.1 document of a table of routes. A route's second place is mentioned, not listed. */
export function createOpenApiDocument({
  routes,
  info = keywrightInfo,
  serverUrl = '/',
}: OpenApiOptions): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes.filter(({ isAlias }) => !isAlias)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const alias = routes.find(({ name, isAlias }) => isAlias && name === route.name)?.path;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route, alias) };
  }
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: serverUrl }],
      tags,
      paths,
      components: { securitySchemes },
    },
    { override: ({ jsonSchema }) => tidySchema(jsonSchema) },
  );
  return { ...document, paths: { ...document.paths }, components: { ...document.components } };
}
