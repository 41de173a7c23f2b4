import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { at } from './http.ts';
import type { Peers } from './proxy.ts';
import { openRelay } from './relay.ts';

interface Server {
  /** Base URL, once it answers. */
  url: Promise<string>;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('../../tools/launch/litellm-peer-server.mjs', import.meta.url));

/** Starts a proxy beside the one under test. It ends with its standard input, however this process ends. */
function startPeer(databaseUrl: string): Server {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  // in a process group of its own: a signal to ours would end it before it has ended its proxy
  const server = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env, detached: true });
  const exited = once(server, 'exit');
  const ready = async () => {
    for await (const line of createInterface({ input: server.stdout })) return String(at(JSON.parse(line), 'url'));
    throw new Error('a second proxy did not start');
  };
  const url = ready();
  return {
    url,
    async stop() {
      server.stdin.end();
      await exited;
    },
  };
}

/**
 * Further proxies of the installation that tools/with-litellm.mjs names; undefined without it. They are up when this
 * resolves: beside two proxies that start, LiteLLM's transactions may take longer than the 5 s that they have.
 */
export async function livePeers(): Promise<(Peers & { close(): Promise<void> }) | undefined> {
  const { LITELLM_WORK, LITELLM_VERSION, LITELLM_DATABASE_URL, FAKE_OPENAI_URL } = process.env;
  if (!LITELLM_WORK || !LITELLM_VERSION || !LITELLM_DATABASE_URL || !FAKE_OPENAI_URL) return undefined;
  const database = new URL(LITELLM_DATABASE_URL);
  const relay = await openRelay(database.hostname, Number(database.port));
  database.port = String(relay.port);
  const beside = startPeer(database.href);
  const withoutDatabase = startPeer('none');
  await Promise.allSettled([beside.url, withoutDatabase.url]); // the facts that need them report a failure
  let last: Promise<unknown> = Promise.resolve();
  return {
    async beside(use) {
      const mine = last.then(async () =>
        use({ url: await beside.url, cutDatabase: relay.cut, restoreDatabase: relay.restore }),
      );
      last = mine.catch(() => {});
      return mine;
    },
    withoutDatabase: () => withoutDatabase.url,
    async close() {
      await Promise.all([beside.stop(), withoutDatabase.stop()]);
      await relay.close();
    },
  };
}
