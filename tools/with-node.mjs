// Runs a command with a Node that every tool accepts: the current one if it fits, else the one in node_modules.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [maj, min] = process.versions.node.split('.').map(Number);
const env = { ...process.env };
const key = Object.keys(env).find((k) => k.toLowerCase() === 'path') ?? 'PATH';
const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
let node = process.execPath;
const fits = maj >= 26 || (maj === 24 && min >= 11) || (maj === 22 && min >= 19); // tsup 9 and size-limit 14
if (!fits) {
  const plat = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${plat === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${plat}-${process.arch}`;
  const req = createRequire(import.meta.url);
  const pj = req.resolve(`${name}/package.json`);
  node = path.join(path.dirname(pj), req(pj).bin.node);
}
env[key] = [path.dirname(node), bin, env[key]].join(path.delimiter);
const [cmd, ...args] = process.argv.slice(2);
const child = spawn(cmd === 'node' ? node : cmd, args, { stdio: 'inherit', env, shell: process.platform === 'win32' });
for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => child.kill(s));
child.on('exit', (c, s) => process.exit(c ?? (s ? 1 : 0)));
