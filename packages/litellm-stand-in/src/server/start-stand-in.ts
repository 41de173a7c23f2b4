import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isControlPath } from '../control/control-path.ts';
import type { StandInOptions } from '../options.ts';
import { createLiteLlmStandIn, type LiteLlmStandIn } from '../stand-in.ts';
import { toRequest } from './node-request.ts';
import { writeResponse } from './write-response.ts';

/** How a stand-in listens, beside how it is set up. */
export interface StartOptions extends StandInOptions {
  /** TCP port; 0 lets the system choose. Default: 0. */
  port?: number;
  /** Default: `127.0.0.1`. */
  host?: string;
}

/** A stand-in that listens. */
export interface RunningStandIn {
  /** Base URL without a slash at the end. */
  url: string;
  port: number;
  masterKey: string;
  standIn: LiteLlmStandIn;
  /** Drops open connections and stops listening; the stand-in stays down, and can be looked at. May be called twice. */
  close(): Promise<void>;
}

async function answer(standIn: LiteLlmStandIn, message: IncomingMessage, out: ServerResponse): Promise<void> {
  const left = new AbortController();
  out.on('close', () => {
    if (!out.writableFinished) left.abort(new Error('the client closed the connection'));
  });
  try {
    const request = await toRequest(message, 'http://litellm-stand-in', left.signal);
    await writeResponse(await standIn.handle(request), out, left.signal);
  } catch {
    // A dropped connection, whether a fault dropped it or the client left.
    message.socket.destroy();
  }
}

/** Cuts the open sockets whenever the stand-in goes down, but for those that asked for it and wait for their answer. */
function trackSockets(server: Server, standIn: LiteLlmStandIn): void {
  const sockets = new Set<Socket>();
  const steering = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', ({ url, socket }: IncomingMessage, out: ServerResponse) => {
    if (!isControlPath(url ?? '')) return;
    steering.add(socket);
    out.on('close', () => steering.delete(socket));
  });
  const stop = standIn.onDown(() => {
    for (const socket of sockets) if (!steering.has(socket)) socket.destroy();
  });
  server.on('close', stop);
}

/**
 * Starts a stand-in on node:http.
 *
 * @throws RangeError for options that cannot be used; rejects with the system's error when it cannot listen.
 */
export async function startLiteLlmStandIn(options: StartOptions = {}): Promise<RunningStandIn> {
  const { port: wanted = 0, host = '127.0.0.1', ...setUp } = options;
  const standIn = createLiteLlmStandIn(setUp);
  const server = createServer();
  trackSockets(server, standIn);
  server.on('request', (message: IncomingMessage, out: ServerResponse) => void answer(standIn, message, out));
  server.listen(wanted, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : wanted;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${port}`,
    port,
    masterKey: standIn.masterKey,
    standIn,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      // What hangs is abandoned, and delays end, so that nothing keeps the process alive.
      standIn.faults.clear();
      standIn.down();
      server.closeAllConnections();
      await closed;
    },
  };
}
