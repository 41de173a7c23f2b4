import { identifyCaller } from '../auth/caller.ts';
import { requireRights } from '../auth/rights.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { routes } from '../route-table.ts';
import { answerForError, json } from './answers.ts';
import type { Call } from './call.ts';

const nobody = { role: 'unknown', userId: null, key: null } as const;

/** A request that was read whole. */
export type Incoming = Omit<Call, 'proxy' | 'caller'>;

/** Answers a request; whatever goes wrong is an answer too. */
export async function dispatch(proxy: LiteLlmProxy, incoming: Incoming): Promise<Response> {
  const onPath = routes.filter((route) => route.paths.includes(incoming.path));
  const route = onPath.find(({ method }) => method === incoming.method);
  if (!route) {
    return onPath.length > 0 ? json({ detail: 'Method Not Allowed' }, 405) : json({ detail: 'Not Found' }, 404);
  }
  try {
    if (route.caller === 'anyone') return await route.handle({ ...incoming, proxy, caller: nobody });
    const call = { ...incoming, proxy, caller: identifyCaller(proxy, incoming.headers) };
    requireRights(call, route);
    return await route.handle(call);
  } catch (error) {
    return answerForError(error);
  }
}
