import { CommanderError } from 'commander';
import { type ErrorReport, reportError, UsageError } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Io, note } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line (without `node` and the script). Never throws: what goes wrong is one line on stderr, where stdout
 * has not said it, and the exit code.
 */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    await createProgram(io).parseAsync([...args], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok; // --help, --version
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.wrongUsage; // no command
    const report = reportError(error instanceof CommanderError ? fromCommander(error) : error);
    if (report.message !== '') tell(io, report, args.includes('--json'));
    if (isDebug(args, io) && error instanceof Error && error.stack) io.stderr.write(`${error.stack}\n`);
    return report.exitCode;
  }
}

function fromCommander(error: CommanderError): UsageError {
  return new UsageError(error.message.replace(/^error: /, ''));
}

function tell(io: Io, { code, message }: ErrorReport, isJson: boolean): void {
  note(io, isJson ? JSON.stringify({ error: { code, message } }) : `keywright: ${message}`);
}

function isDebug(args: readonly string[], { env }: Io): boolean {
  return args.includes('--debug') || env.KEYWRIGHT_DEBUG === '1' || env.KEYWRIGHT_DEBUG === 'true';
}
