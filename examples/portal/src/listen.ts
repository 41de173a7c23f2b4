import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Config, ConfigError } from './config.ts';

export interface Listening {
  url: string;
  /** From now on requests are served; before, they are told to come back. */
  serve(handler: RequestListener): void;
  /** Stops accepting, lets running answers end until the deadline, then cuts what is left. */
  close(deadlineMs: number): Promise<void>;
}

/** Takes the port before anything slow is opened, so that a busy one is found out at once. */
export async function listen({ port, host }: Pick<Config, 'port' | 'host'>): Promise<Listening> {
  let handler: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('Starting.\n');
  };
  let isClosing = false;
  const server = createServer((request, response) => {
    // a connection that was busy when closing began is idle after its answer, and would be kept open
    response.once('close', () => isClosing && setImmediate(() => server.closeIdleConnections()));
    handler(request, response);
  });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => Promise.reject(explain(error, port, host)));
  return {
    url: urlOf(server, host),
    serve(real) {
      handler = real;
    },
    async close(deadlineMs) {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const isAny = host === '0.0.0.0' || host === '::';
  const shown = isAny ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${isAddress(address) ? address.port : ''}`;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function explain(error: unknown, port: number, host: string): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new ConfigError(`PORT: ${port} on ${host} is taken by another program; stop that one, or set PORT=0`);
    case 'EACCES':
      return new ConfigError(`PORT: ${port} needs rights that this user has not; set one from 1024 on`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError('HOST: should be an address of this machine, such as 127.0.0.1 or 0.0.0.0');
    default:
      return error;
  }
}
