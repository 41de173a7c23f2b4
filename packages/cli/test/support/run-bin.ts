import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningBin {
  child: ChildProcess;
  /** Resolves when stderr holds the text; rejects when the process ends without it. */
  says(text: string): Promise<void>;
  outcome: Promise<Outcome>;
}

/** Starts the real program, with these variables and no others of ours. */
export function startBin(args: readonly string[], env: Record<string, string> = {}, input = ''): RunningBin {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=@keywright/source', bin, ...args], {
    env: { PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // a program that ends early does not read its input
  child.stdin.end(input);
  const outcome = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return {
    child,
    outcome,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => stderr.includes(text) && resolve();
        look();
        child.stderr.on('data', look);
        child.once('close', () => reject(new Error(`ended without saying "${text}": ${stderr}`)));
      }),
  };
}

export function runBin(args: readonly string[], env?: Record<string, string>, input?: string): Promise<Outcome> {
  return startBin(args, env, input).outcome;
}
