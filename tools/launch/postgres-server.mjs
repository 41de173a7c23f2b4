// A throw-away Postgres that trusts every local connection. Stops, and leaves nothing, when its standard input ends.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from './free-port.mjs';
import { findBinaries } from './postgres-binaries.mjs';

const root = process.getuid?.() === 0;
const as = root ? { uid: 65534, gid: 65534 } : {}; // Postgres refuses to run as root
const dir = mkdtempSync(path.join(tmpdir(), 'keywright-pg-'));
if (root) chownSync(dir, as.uid, as.gid);
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

let server;
let stopping = false;
process.stdin.on('close', () => {
  stopping = true;
  if (server)
    server.kill('SIGINT'); // fast shutdown
  else process.exit();
});
process.stdin.on('error', () => {}).resume();

const { postgres, initdb } = await findBinaries(dir, as);
const data = path.join(dir, 'data');
const init = spawnSync(
  initdb,
  ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8', '--no-instructions'],
  { ...as, cwd: dir, encoding: 'utf8' },
);
if (init.status !== 0) throw new Error(`initdb failed: ${init.error ?? init.stderr}`);

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: dir,
  max_connections: 300, // a vitest worker for each core, each with pools of its own
  fsync: 'off',
};
const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

// Between finding a free port and using it somebody else may take it.
for (let attempt = 1; ; attempt++) {
  const [port] = await freePorts(1);
  const failure = await serve(port);
  if (failure === undefined) {
    const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres' };
    console.log(JSON.stringify(env));
    break;
  }
  if (attempt === 3 || !failure.includes('could not bind')) throw new Error(failure);
}

/** Resolves once the server is ready, or with its log if it ended before. */
function serve(port) {
  if (stopping) process.exit();
  server = spawn(postgres, ['-D', data, '-p', String(port), ...options], { ...as, cwd: dir });
  return new Promise((resolve) => {
    let log = '';
    let ready = false;
    server.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-8000);
      if (ready || !log.includes('ready to accept')) return;
      ready = true;
      resolve();
    });
    server.on('error', (error) => resolve(String(error)));
    server.on('exit', () => {
      if (!stopping && ready) console.error(`Postgres ended by itself:\n${log}`);
      if (stopping || ready) process.exit(stopping ? 0 : 1);
      resolve(log);
    });
  });
}
