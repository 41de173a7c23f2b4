// Runs a command beside servers. A server script prints its variables as one line of JSON once it is ready, and stops
// when its standard input ends. That input is a pipe from here, so it also ends when this process is killed with -9.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder; `env` holds what it wants the command to know, `stop` waits until it is gone. */
export async function startServer(script, args = [], env = process.env) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const server = spawn(process.execPath, [file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
    detached: true, // Ctrl-C is for the command: the server has to outlive it
    windowsHide: true,
  });
  server.stdin.on('error', () => {}); // a server that died already needs no telling
  const exited = once(server, 'exit');
  for await (const line of createInterface({ input: server.stdout }))
    return {
      env: JSON.parse(line),
      stop: async () => {
        server.stdin.end();
        await exited;
      },
    };
  throw new Error(`${script} did not start`);
}

/** Runs a command to its end and answers with its exit code. */
export async function run([command, ...args], env = process.env) {
  const child = spawn(command, args, { stdio: 'inherit', env, shell: process.platform === 'win32' });
  const passOn = () => child.kill('SIGTERM');
  const wait = () => {}; // the terminal sends Ctrl-C to the command as well: a second one would cut its clean-up short
  process.on('SIGTERM', passOn).on('SIGINT', wait);
  try {
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } catch (error) {
    console.error(`${command}: ${error.message}`);
    return 127;
  } finally {
    process.off('SIGTERM', passOn).off('SIGINT', wait);
  }
}
