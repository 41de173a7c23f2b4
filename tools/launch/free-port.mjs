import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Different ports of 127.0.0.1 that nobody listens on. They lie below those that systems hand out by themselves:
 * a port from there could become some connection's own before a slow server gets to use it.
 */
export async function freePorts(count) {
  const held = [];
  while (held.length < count) {
    const server = createServer().listen(20_000 + Math.floor(Math.random() * 12_000), '127.0.0.1');
    await once(server, 'listening').then(
      () => held.push(server),
      () => {}, // taken: try another one
    );
  }
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
