import { at, send, textAt } from './http.ts';
import { livePeers } from './live-peers.ts';
import type { LiteLlmProxy } from './proxy.ts';

/** The running proxy at `url`, asked for its version and its licence. Its time is ours. */
export async function liveProxy(url: string, masterKey: string): Promise<LiteLlmProxy & { close(): Promise<void> }> {
  const headers = { authorization: `Bearer ${masterKey}` };
  const description = await send(url, { method: 'GET', path: '/openapi.json' });
  const licence = await send(url, { method: 'GET', path: '/health/license', headers });
  const peers = await livePeers();
  return {
    url,
    masterKey,
    version: textAt(description, 'info.version'),
    licensed: at(licence.body, 'has_license') === true,
    now: () => performance.now() + performance.timeOrigin,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    upstreamCalls,
    peers,
    close: async () => peers?.close(),
  };
}

async function upstreamCalls(user: string): Promise<number | undefined> {
  const provider = process.env.FAKE_OPENAI_URL;
  if (provider === undefined) return undefined;
  const { body } = await send(provider, { method: 'GET', path: '/_requests' });
  return Array.isArray(body) ? body.filter((request) => at(request, 'user') === user).length : undefined;
}
