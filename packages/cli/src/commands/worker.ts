import type { Logger } from '@keywright/core';
import type { Command } from 'commander';
import { type CommandContext, commandContext, examples, show } from '../command-context.ts';
import { type Services, withKeywright } from '../compose.ts';
import { Failure } from '../errors.ts';
import { type Io, note, oneLine } from '../io.ts';

interface WorkerOptions {
  once?: boolean;
}

export function addWorker(program: Command, io: Io): void {
  program
    .command('worker')
    .description('make LiteLLM equal to the database: finish what requests left undone')
    .option('--once', 'run what is due now, then stop; exit code 1 when dead tasks need an operator')
    .addHelpText(
      'after',
      `${examples('keywright worker', 'keywright worker --once --json')}
Several may run at once. SIGTERM and SIGINT let running tasks end, then it exits with 0.
`,
    )
    .action((options: WorkerOptions, command: Command) => runWorker(io, options, command));
}

async function runWorker(io: Io, options: WorkerOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const logger = stderrLogger(io, context.config.isDebug);
  await withKeywright(context.config, { needsLiteLlm: true, logger }, (services) =>
    options.once ? runOnce(context, services) : runUntilStopped(context, services),
  );
}

async function runOnce(context: CommandContext, { keywright, storage }: Services): Promise<void> {
  const ran = await keywright.sync.runDue();
  const { pending, dead, oldestSeconds, lastError } = await storage.unscoped.syncQueue.summary();
  const counts = `Ran ${ran}; still pending ${pending}, dead ${dead}.`;
  const result = { ran, pending, dead, oldestSeconds, lastError };
  show(context, result, lastError === null ? counts : `${counts} Last error: ${oneLine(lastError)}`);
  if (dead > 0)
    throw new Failure(`${dead} tasks are dead: see keywright sync list --dead, then keywright sync retry --all-dead.`);
}

async function runUntilStopped({ io }: CommandContext, { keywright }: Services): Promise<void> {
  // a timer keeps the process alive between polls even if a driver's sockets do not
  const alive = setInterval(() => {}, 60_000);
  try {
    const stopped = new Promise<void>((resolve) => io.stop.addEventListener('abort', () => resolve(), { once: true }));
    if (!io.stop.aborted) {
      keywright.start();
      note(io, 'The worker runs. Ctrl-C stops it.');
      await stopped;
    }
    note(io, 'Stopping.');
  } finally {
    clearInterval(alive);
  }
}

function stderrLogger(io: Io, isDebug: boolean): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    note(io, `${level} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`);
  const nothing = () => {};
  return { debug: isDebug ? write('debug') : nothing, info: write('info'), warn: write('warn'), error: write('error') };
}
