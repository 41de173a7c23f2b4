import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { latestCommitMs } from './timing.ts';

/** What the proxy does to a management call, and how often of a hundred. The rest goes through. */
const faults = {
  /** LiteLLM does as asked, and its answer is dropped. */
  'answer lost': 6,
  /** LiteLLM never hears of it. */
  'connection reset': 4,
  /** An error that is not LiteLLM's own. */
  'bad gateway': 4,
  /** Nothing happens until the caller gives up. */
  hang: 2,
  /** LiteLLM hears of it seconds later, when the caller has long given up. */
  'late commit': 3,
  /** It takes a while. */
  slow: 6,
} as const;

export type Fault = keyof typeof faults;

export interface FaultProxy {
  url: string;
  /** How often each fault was done, and how many calls went through. */
  counts: Record<Fault | 'none', number>;
  /** From here on everything goes through; resolves when nothing is under way any more. */
  calmDown(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between our servers and LiteLLM. Calls of key holders go through as they are. */
export async function startFaultProxy(target: string, random: () => number): Promise<FaultProxy> {
  const counts = { none: 0, ...Object.fromEntries(Object.keys(faults).map((name) => [name, 0])) } as Record<
    Fault | 'none',
    number
  >;
  const underWay = new Set<Promise<unknown>>();
  let isCalm = false;
  const choose = (request: IncomingMessage): Fault | 'none' => {
    if (isCalm || !/^\/(key|user|team)\//.test(request.url ?? '')) return 'none';
    let at = random() * 100;
    for (const [name, share] of Object.entries(faults) as [Fault, number][]) {
      at -= share;
      if (at < 0) return name;
    }
    return 'none';
  };
  const server = createServer((request, response) => {
    const fault = choose(request);
    counts[fault]++;
    const work = serve(target, request, response, fault, random).catch(() => response.destroy());
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    counts,
    async calmDown() {
      isCalm = true;
      await Promise.allSettled(underWay);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | 'none',
  random: () => number,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const forward = () => send(target, request, Buffer.concat(chunks));
  switch (fault) {
    case 'connection reset':
      response.destroy();
      return;
    case 'bad gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      return;
    case 'hang':
      await gone(response);
      return;
    case 'answer lost':
      await forward();
      response.destroy();
      return;
    case 'late commit':
      await pause(1_000 + random() * (latestCommitMs - 1_000));
      await forward();
      response.destroy();
      return;
    case 'slow':
      await pause(random() * 2_000);
  }
  const answer = await forward();
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function send(target: string, request: IncomingMessage, body: Buffer): Promise<Response> {
  const { authorization, 'content-type': contentType } = request.headers;
  return fetch(target + request.url, {
    method: request.method ?? 'GET',
    headers: { ...(authorization && { authorization }), ...(contentType && { 'content-type': contentType }) },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const gone = (response: ServerResponse) => new Promise((resolve) => response.once('close', resolve));
