import { identifyCaller } from '../auth/caller.ts';
import { requireRights } from '../auth/rights.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { routes } from '../route-table.ts';
import { logFailure } from '../spend/write-logs.ts';
import { type LiteLlmVersion, supportedVersions } from '../version/profile.ts';
import { answerForError, json } from './answers.ts';
import type { Call } from './call.ts';
import { requireDatabase } from './database-errors.ts';
import { ProxyError } from './errors.ts';
import { RouteIndex } from './match-route.ts';

const nobody = { role: 'unknown', userId: null, key: null, team: null } as const;

const indexes = new Map<LiteLlmVersion, RouteIndex>(
  supportedVersions.map((version) => [version, new RouteIndex(routes, version)]),
);

/** A request that was read whole. */
export type Incoming = Omit<Call, 'proxy' | 'caller' | 'params' | 'misbehaviour'>;

/** Answers a request; whatever goes wrong is an answer too. */
export async function dispatch(
  proxy: LiteLlmProxy,
  incoming: Incoming,
  misbehaviour: Call['misbehaviour'] = null,
): Promise<Response> {
  const onPath = indexes.get(proxy.profile.version)?.on(incoming.path) ?? [];
  const match = onPath.find(({ route }) => route.method === incoming.method);
  if (!match) {
    return onPath.length > 0 ? json({ detail: 'Method Not Allowed' }, 405) : json({ detail: 'Not Found' }, 404);
  }
  const { route, params } = match;
  try {
    const request = { ...incoming, proxy, params, misbehaviour };
    if (route.caller === 'anyone') return await route.handle({ ...request, caller: nobody });
    const call = { ...request, caller: identifyCaller(proxy, incoming.headers) };
    requireRights(call, route);
    if (!route.withoutDatabase) requireDatabase(proxy, incoming.path);
    return await route.handle(call);
  } catch (error) {
    const isModelCall = route.method === 'POST' && route.groups.includes('llm_api_routes');
    if (isModelCall && error instanceof ProxyError) logFailure(proxy, incoming, error);
    return answerForError(error);
  }
}
