import { KeywrightError } from '@keywright/core';
import type { RouteGroup } from '../route.ts';

/** Under which path each group is served; `false`: not at all. */
export interface Prefixes {
  /** Default `/api/v1`. */
  management?: string | false;
  /** Default `/v1`, so that an OpenAI client's `baseURL` fits. */
  dataPlane?: string | false;
  /** Default the root: `/healthz`, `/readyz`, `/metrics`, `/openapi.json`. */
  operations?: string | false;
}

export function readPrefixes(given: Prefixes = {}): Record<RouteGroup, string | false> {
  return {
    management: check('management', given.management ?? '/api/v1'),
    'data-plane': check('dataPlane', given.dataPlane ?? '/v1'),
    operations: check('operations', given.operations ?? ''),
  };
}

function check(name: string, prefix: string | false): string | false {
  if (prefix === false || /^(\/[\w.~-]+)*$/.test(prefix)) return prefix;
  throw new KeywrightError('configuration_invalid', `prefixes.${name} should be like "/api/v1", "" or false.`);
}
