// A real LiteLLM proxy of one version, on free ports and a database of its own in the Postgres of PGHOST.
// Stops when its standard input ends. The installation stays in .litellm-live/VERSION, or LITELLM_WORK.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-port.mjs';

const version = process.argv[2];
const script = fileURLToPath(new URL('../litellm-live/start-litellm.sh', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const work = path.resolve(process.env.LITELLM_WORK ?? path.join(root, '.litellm-live', version));
const lock = path.join(work, 'in-use-by');
takeLock();

const [port, fakePort] = await freePorts(2);
const base = `postgresql://${process.env.PGUSER}@${process.env.PGHOST}:${process.env.PGPORT}`;
const database = `litellm_${process.pid}`;
const masterKey = process.env.LITELLM_MASTER_KEY ?? 'sk-live-master';
const env = {
  ...process.env,
  LITELLM_VERSION: version,
  LITELLM_WORK: work,
  LITELLM_PORT: String(port),
  LITELLM_MASTER_KEY: masterKey,
  FAKE_OPENAI_PORT: String(fakePort),
  DATABASE_URL: `${base}/${database}`,
  PG_BIN: 'unused', // keeps the script from searching for server binaries: the server runs already
};

let starting;
process.stdin.on('close', () => stop(0)).on('error', () => {});
process.stdin.resume();

sql(`create database ${database}`);
// in a process group of its own, so that an interruption ends its pip or npm as well
starting = spawn(script, ['start'], { env, stdio: ['ignore', 2, 2], detached: true });
const [code] = await once(starting, 'exit');
starting = undefined;
if (code !== 0) await stop(1);

console.log(
  JSON.stringify({
    LITELLM_BASE_URL: `http://127.0.0.1:${port}`,
    LITELLM_CONTRACT_URL: `http://127.0.0.1:${port}`,
    LITELLM_MASTER_KEY: masterKey,
    LITELLM_VERSION: version,
    FAKE_OPENAI_URL: `http://127.0.0.1:${fakePort}`,
    // what litellm-peer-server.mjs needs
    LITELLM_WORK: work,
    LITELLM_DATABASE_URL: env.DATABASE_URL,
  }),
);

async function stop(exitCode) {
  if (starting) {
    process.kill(-starting.pid, 'SIGTERM');
    await once(starting, 'exit');
  }
  spawnSync(script, ['stop'], { env, stdio: ['ignore', 2, 2] });
  sql(`drop database if exists ${database} with (force)`, 'ignore'); // that Postgres may be on its way out as well
  rmSync(lock, { force: true });
  process.exit(exitCode);
}

function sql(statement, output = 2) {
  spawnSync('psql', [`${base}/postgres`, '-qc', statement], { stdio: ['ignore', output, output] });
}

/** The folder's pid files and logs are for one proxy at a time. */
function takeLock() {
  mkdirSync(work, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (isAlive(owner)) throw new Error(`${work} is used by process ${owner}: set LITELLM_WORK to another folder`);
    writeFileSync(lock, String(process.pid));
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
