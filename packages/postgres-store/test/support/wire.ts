import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/** A pool whose bytes pass by here, so that what is really sent can be counted, and the line be cut. */
export interface WatchedPool {
  pool: pg.Pool;
  /** The statements that `work` sends: each is one round trip. */
  statements(work: () => Promise<unknown>): Promise<string[]>;
  /** Cuts the line just before the first statement that matches reaches the server, or just before its answer. */
  cutAt(pattern: RegExp, when: 'before' | 'after'): void;
  close(): Promise<void>;
}

/** PostgreSQL's frontend messages, protocol 3.0: a letter, a length, a body. The first message has no letter. */
function* messagesOf(
  state: { rest: Buffer; started: boolean },
  chunk: Buffer,
): Generator<{ type: string; body: Buffer }> {
  state.rest = Buffer.concat([state.rest, chunk]);
  for (;;) {
    const head = state.started ? 1 : 0;
    if (state.rest.length < head + 4) return;
    const length = head + state.rest.readUInt32BE(head);
    if (state.rest.length < length) return;
    const type = state.started ? state.rest.toString('latin1', 0, 1) : 'startup';
    const body = state.rest.subarray(head + 4, length);
    state.rest = state.rest.subarray(length);
    state.started = true;
    yield { type, body };
  }
}

export async function watchedPool(database: string, max = 10): Promise<WatchedPool> {
  let sent: string[] = [];
  let cut: { pattern: RegExp; when: 'before' | 'after' } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(process.env.PGPORT ?? 5432), process.env.PGHOST);
    const state = { rest: Buffer.alloc(0), started: false };
    const names = new Map<string, string>();
    let text = '';
    let isCut = false;
    const end = () => [client, upstream].map((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (chunk) => {
      for (const { type, body } of messagesOf(state, chunk)) {
        if (type === 'Q') text = body.toString('utf8', 0, body.length - 1);
        if (type === 'P') {
          const [name = '', statement = ''] = body.toString('utf8').split('\0');
          text = statement;
          names.set(name, statement);
        }
        if (type === 'B') text = names.get(body.toString('utf8').split('\0')[1] ?? '') ?? text;
        if (type !== 'Q' && type !== 'E') continue;
        sent.push(text);
        isCut ||= cut?.pattern.test(text) ?? false;
        if (isCut && cut?.when === 'before') return void end();
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (isCut ? end() : client.write(chunk)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const pool = new pg.Pool({ database, host: '127.0.0.1', port: address.port, max });
  pool.on('error', () => {}); // an idle connection that was cut
  return {
    pool,
    async statements(work) {
      sent = [];
      await work();
      return sent;
    },
    cutAt(pattern, when) {
      cut = { pattern, when };
    },
    async close() {
      await pool.end();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
