import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createKeywrightRouter } from '@keywright/express-adapter';
import express, { type Express } from 'express';
import { actorOf, type Mount, type Served } from '../../http-api/test/world.ts';

export const expressMount: Mount = {
  name: 'Express',
  open(options) {
    const app = express();
    app.use(
      createKeywrightRouter({
        ...options,
        authenticate: (req) => actorOf(req.get('authorization')),
        ip: (req) => req.get('x-test-ip') ?? '203.0.113.1',
      }),
    );
    return serve(app);
  },
};

/** A real server on a free port of this machine. */
export async function serve(app: Express): Promise<Served & { url: string; server: Server }> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    server,
    send: (path, init) => fetch(url + path, init),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
