import type { LiteLlmVersion } from '../version/profile.ts';
import type { Call } from './call.ts';
import type { FieldSpecs } from './fields.ts';

/** LiteLLM's groups of routes, to which a key may be restricted. */
export type RouteGroup = 'llm_api_routes' | 'management_routes' | 'info_routes';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One row of the route table. */
export interface Route {
  method: Method;
  /** Every path under which it answers; `{name}` stands for one part. */
  paths: readonly string[];
  groups: readonly RouteGroup[];
  /** Who may call it: `key-manager` is an admin or a key whose user exists. */
  caller: 'anyone' | 'any-key' | 'key-manager' | 'admin';
  /** Oldest release of the profiles that has it. Default: all. */
  since?: LiteLlmVersion;
  /** Whether it is left out of /openapi.json. */
  hidden?: true;
  /** Whether it works without a database. */
  withoutDatabase?: true;
  /** Shape of the JSON body, for /openapi.json. */
  body?: FieldSpecs;
  /** Query parameters, for /openapi.json. */
  query?: FieldSpecs;
  handle(call: Call): Response | Promise<Response>;
}

/** What the routes of one kind have in common. */
export const management = { groups: ['management_routes'], method: 'POST' } as const;
export const reading = { groups: ['management_routes', 'info_routes'], method: 'GET', caller: 'any-key' } as const;
export const open = { groups: [], method: 'GET', caller: 'anyone', withoutDatabase: true } as const;
/** Routes in no group: a key that is made for a group may not call them. */
export const ungrouped = { groups: [], caller: 'admin' } as const;
