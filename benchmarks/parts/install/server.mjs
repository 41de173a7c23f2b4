import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

const deadlineMs = 180_000;
/** What would let the server use something other than what it brings along. */
const notOurs = /^(DATABASE_URL|PG[A-Z]+|LITELLM_|KEYWRIGHT_|METRICS_|HOST$|NODE_OPTIONS$|npm_)/;

export async function install(folder) {
  const npm = npmIn(folder, ['ci', '--no-audit', '--no-fund']);
  const [code] = await once(npm.child, 'exit');
  if (code !== 0) throw new Error(`npm ci ended with ${code}:\n${npm.output()}`);
}

/** Resolves once `npm start` in this folder has answered GET /healthz. */
export async function startServer(folder) {
  const npm = npmIn(folder, ['start']);
  const stop = () => stopGroup(npm.child);
  try {
    const url = await until(npm, () => /http:\/\/[\w.[\]:-]+:\d+/.exec(npm.output())?.[0]);
    await until(npm, () => answers(`${url}/healthz`));
    return { pid: npm.child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In a process group of its own: npm is not alone, and does not always pass a signal on. */
function npmIn(cwd, args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !notOurs.test(name)));
  const child = spawn('npm', args, {
    cwd,
    env: { ...env, PORT: '0' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => {
    output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { child, output: () => output };
}

async function until({ child, output }, check) {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    const found = await check();
    if (found) return found;
    if (child.exitCode !== null) break;
    await setTimeout(20);
  }
  throw new Error(`npm start did not answer:\n${output()}`);
}

function answers(url) {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function stopGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await exited;
}
