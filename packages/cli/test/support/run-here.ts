import { Readable, Writable } from 'node:stream';
import { type ExitCode, run } from '../../src/index.ts';

export interface OutcomeHere {
  code: ExitCode;
  stdout: string;
  stderr: string;
}

/** What a command line is run with; by default nothing is set, nobody can be asked, and nobody stops it. */
export interface Terminal {
  env?: Record<string, string>;
  input?: string;
  isTTY?: boolean;
  stop?: AbortController;
}

/** Runs a command line in this process. */
export async function runHere(
  args: readonly string[],
  { env = {}, input = '', isTTY = false, stop = new AbortController() }: Terminal = {},
): Promise<OutcomeHere> {
  const stdout = new Collected();
  const stderr = Object.assign(new Collected(), { isTTY });
  const stdin = Object.assign(Readable.from([input]), { isTTY });
  const code = await run(args, { stdout, stderr, stdin, env, stop: stop.signal });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
