import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

/** Starts the launcher around a Node program, where no server is named yet. */
function launch(program: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { PGHOST: _, ...without } = process.env;
  const script = path.resolve(import.meta.dirname, 'with-postgres.mjs');
  const launcher = spawn(process.execPath, [script, process.execPath, '-e', program], {
    env: { ...without, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void launcher.stdin?.end());
  return launcher;
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout) for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the program printed nothing');
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

const printPortAndWait = 'console.log(process.env.PGPORT); process.stdin.resume()';

test('a command has a server as long as it runs, and its exit code is passed on', async () => {
  const launcher = launch(`${printPortAndWait}.on('end', () => process.exit(7))`);
  const port = Number(await firstLine(launcher));
  expect(await isOpen(port)).toBe(true);
  launcher.stdin?.end();
  expect(await once(launcher, 'exit')).toEqual([7, null]);
  expect(await isOpen(port)).toBe(false);
});

test('the server goes when the launcher is killed', async () => {
  const launcher = launch(printPortAndWait);
  const port = Number(await firstLine(launcher));
  launcher.kill('SIGKILL');
  await expect.poll(() => isOpen(port), { timeout: 10_000 }).toBe(false);
});

test('where PGHOST names a server, that one is used', async () => {
  const launcher = launch('console.log(process.env.PGHOST)', { PGHOST: 'db.example' });
  expect(await firstLine(launcher)).toBe('db.example');
});
