import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

function run(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

it('the command prints its URL, answers there, and ends well at SIGTERM', async () => {
  const { child, output, ended } = run('--port', '0', '--master-key', 'sk-my-master', '--version', '1.81.12');
  await once(child.stdout, 'data');
  const url = output.out.trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { info: { version: string } };
  expect(document.info.version).toBe('1.81.12');
  const listed = await fetch(`${url}/key/list`, { headers: { authorization: 'Bearer sk-my-master' } });
  expect(listed.status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('--help says what there is', async () => {
  const { output, ended } = run('--help');
  expect(await ended).toBe(0);
  for (const option of ['--port', '--host', '--master-key', '--version']) expect(output.out).toContain(option);
});

it.each([
  [['--prot', '1'], '--prot'],
  [['--port', 'many'], '--port'],
  [['--version', '9.9.9'], '1.109.1'],
  [['--master-key', 'secret'], 'sk-'],
])('%j is answered with one line and exit code 2', async (args, named) => {
  const { output, ended } = run(...args);
  expect(await ended).toBe(2);
  expect(output.err).toMatch(/^litellm-stand-in: .+\n$/);
  expect(output.err).toContain(named);
});
