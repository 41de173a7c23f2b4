// One more LiteLLM proxy beside the one of tools/with-litellm.mjs, with the same models but with cooldowns. Its database
// is that of DATABASE_URL, or none where that is "none". Stops when its standard input ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-port.mjs';

const folder = fileURLToPath(new URL('../litellm-live/', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'litellm-peer-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const config = path.join(dir, 'config.yaml');
const models = readFileSync(path.join(folder, 'config.yaml'), 'utf8');
const connected = process.env.DATABASE_URL !== 'none';
writeFileSync(
  config,
  models
    .replace('disable_cooldowns: true', 'disable_cooldowns: false')
    .replace(/^ *(database_url|store_model_in_db):.*\n/gm, (line) => (connected ? line : '')),
);

const [port] = await freePorts(1);
const url = `http://127.0.0.1:${port}`;
const log = path.join(dir, 'log');
const output = openSync(log, 'a');
const env = {
  ...process.env,
  LITELLM_PORT: String(port),
  LITELLM_CONFIG: config,
  FAKE_OPENAI_PORT: new URL(process.env.FAKE_OPENAI_URL).port,
  PG_BIN: 'unused',
};
// in a process group of its own, so that its query engine ends with it
const proxy = spawn(path.join(folder, 'start-litellm.sh'), ['peer'], {
  env,
  stdio: ['ignore', output, output],
  detached: true,
});
const ended = once(proxy, 'exit');
let stopping = false;

process.stdin
  .on('close', async () => {
    stopping = true;
    signal('SIGTERM');
    setTimeout(() => signal('SIGKILL'), 10_000).unref();
    await ended;
    signal('SIGKILL'); // what it left behind
    process.exit();
  })
  .on('error', () => {})
  .resume();
proxy.on('exit', () => {
  if (stopping) return;
  console.error(readFileSync(log, 'utf8').slice(-4000));
  process.exit(1);
});

while (!stopping && !(await answers())) await new Promise((resolve) => setTimeout(resolve, 500));
console.log(JSON.stringify({ url }));

async function answers() {
  try {
    return (await fetch(`${url}/health/liveliness`)).ok;
  } catch {
    return false;
  }
}

function signal(name) {
  try {
    process.kill(-proxy.pid, name);
  } catch {} // gone already
}
