import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Server {
  url: string;
  /** Where the stand-in listens. */
  liteLlmUrl: string;
  /** Tokens by the name in the sign-in link, such as `Alice`. */
  tokens: Record<string, string>;
  stdout(): string;
  stderr(): string;
  /** Resolves when stderr holds the text. */
  says(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  ended: Promise<Ended>;
  /** SIGTERM, and what came of it. */
  stop(): Promise<Ended>;
}

function launch(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=@keywright/source', main], {
    env: { PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }));
  return { child, output, ended };
}

/** Runs the server until it ends by itself, which it should when something is wrong with its variables. */
export function runServer(env: Record<string, string>): Promise<Ended> {
  return launch(env).ended;
}

/** Starts the real server, with these variables and no others of ours, and waits until it says that it listens. */
export async function startServer(env: Record<string, string>): Promise<Server> {
  const { child, output, ended } = launch(env);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => output.stdout.includes('Ctrl-C') && resolve());
    child.once('close', () => reject(new Error(`The server did not start: ${output.stderr}`)));
  });
  const links = output.stdout.matchAll(/^ {2}(\w+).*#token=(\S+)/gm);
  return {
    url: /listens on (\S+)/.exec(output.stdout)?.[1] ?? '',
    liteLlmUrl: /LiteLLM +(\S+)/.exec(output.stdout)?.[1] ?? '',
    tokens: Object.fromEntries([...links].map(([, name = '', token = '']) => [name, decodeURIComponent(token)])),
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.stderr.includes(text) && resolve();
        look();
        child.stderr.on('data', look);
        child.once('close', () => reject(new Error(`ended without saying "${text}": ${output.stderr}`)));
      }),
    signal: (name) => void child.kill(name),
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
