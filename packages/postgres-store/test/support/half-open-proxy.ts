import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to the server that can go dead without saying so, as a firewall that forgets a connection does. */
export interface HalfOpenProxy {
  port: number;
  /** From now on every byte of the connections there are now is swallowed, in both directions. New ones work. */
  swallow(): void;
  /** From now on new connections are taken and never answered. */
  swallowNew(isSwallowed: boolean): void;
  /** How often the server's bytes to the clients held a text. */
  answers(text: string): number;
  /** Connections whose client has not gone. */
  open(): number;
  close(): Promise<void>;
}

export async function halfOpenProxy(): Promise<HalfOpenProxy> {
  const lines = new Set<{ client: Socket; isDead: boolean }>();
  const upstreams = new Set<Socket>();
  let answers = '';
  let areNewDead = false;
  const server = createServer((client) => {
    const line = { client, isDead: areNewDead };
    const upstream = connect(Number(process.env.PGPORT ?? 5432), process.env.PGHOST);
    lines.add(line);
    upstreams.add(upstream);
    client.on('data', (chunk) => line.isDead || upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (line.isDead) return;
      answers += chunk.toString('latin1');
      client.write(chunk);
    });
    client
      .on('error', () => {})
      .on('close', () => {
        lines.delete(line);
        upstream.destroy();
      });
    upstream.on('error', () => {}).on('close', () => line.isDead || client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    port: address.port,
    swallow() {
      for (const line of lines) line.isDead = true;
    },
    swallowNew(isSwallowed) {
      areNewDead = isSwallowed;
    },
    answers: (text) => answers.split(text).length - 1,
    open: () => lines.size,
    async close() {
      for (const { client } of lines) client.destroy();
      for (const upstream of upstreams) upstream.destroy();
      server.close();
    },
  };
}
