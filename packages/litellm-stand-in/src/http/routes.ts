import type { Call } from './call.ts';
import type { FieldSpecs } from './fields.ts';

/** LiteLLM's groups of routes, to which a key may be restricted. */
export type RouteGroup = 'llm_api_routes' | 'management_routes' | 'info_routes';

/** One row of the route table. */
export interface Route {
  method: 'GET' | 'POST';
  /** Every path under which it answers. */
  paths: readonly string[];
  groups: readonly RouteGroup[];
  /** Who may call it: `key-manager` is an admin or a key whose user exists. */
  caller: 'anyone' | 'any-key' | 'key-manager' | 'admin';
  /** Shape of the JSON body, for /openapi.json. */
  body?: FieldSpecs;
  /** Query parameters, for /openapi.json. */
  query?: FieldSpecs;
  handle(call: Call): Response | Promise<Response>;
}
