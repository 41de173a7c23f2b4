import { createInterface } from 'node:readline/promises';
import { Failure, UsageError } from './errors.ts';
import { type Io, printable } from './io.ts';

/** Where nobody can be asked, `--yes` has to say it; to be called before anything is opened. */
export function assertCanAsk(io: Io, isSure: boolean | undefined): void {
  if (!isSure && !io.stdin.isTTY) throw new UsageError('--yes: is needed where nobody can be asked');
}

/** Asks; anything but a yes ends the command with `otherwise`. */
export async function confirm(io: Io, question: string, otherwise: string): Promise<void> {
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    // the input may end without an answer, and then the question would stay open for ever
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(printable(`${question} [y/N] `), { signal: io.stop }), ended]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure(otherwise);
  } finally {
    lines.close();
  }
}
