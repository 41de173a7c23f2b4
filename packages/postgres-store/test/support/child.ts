import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real second process that runs a script of `children/`. */
export interface Child {
  process: ChildProcess;
  /** Resolves to the next line that it prints; undefined when it ended. */
  line(): Promise<string | undefined>;
  /** Resolves when it is gone. */
  exit(): Promise<number | null>;
  /** kill -9: nothing of its own runs any more. */
  kill(): Promise<void>;
}

export function startChild(script: string, args: string[], env: Record<string, string> = {}): Child {
  const file = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@keywright/source', file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => (await lines.next()).value,
    exit: async () => {
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
