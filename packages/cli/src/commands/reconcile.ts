import type { ReconcileRun } from '@keywright/core';
import type { Command } from 'commander';
import { type CommandContext, commandContext, examples } from '../command-context.ts';
import { type Services, withKeywright } from '../compose.ts';
import { Attention, Failure } from '../errors.ts';
import type { Io } from '../io.ts';
import { platformOperator } from '../operator.ts';
import { given, readCount, readDuration } from '../options.ts';
import { startProgress } from '../progress.ts';
import { jsonReport, type ReconcileReport, textReport } from '../reconcile-report.ts';

interface ReconcileOptions {
  repair?: boolean;
  grace: string;
  limit: string;
  maxOrphans?: string;
}

export function addReconcile(program: Command, io: Io): void {
  program
    .command('reconcile')
    .description('compare every key with what LiteLLM holds, and tell what differs; with --repair mend it')
    .option('--repair', 'mend what differs; without it nothing is changed')
    .option('--grace <time>', 'leave alone what changed less long ago: 10m, 0s', '10m')
    .option('--max-orphans <count>', 'with --repair: delete orphans only if there are no more than so many')
    .option('--limit <count>', 'how many findings the table shows, 1 to 100; --json has all', '50')
    .addHelpText(
      'after',
      `${examples('keywright reconcile', 'keywright reconcile --repair', 'keywright reconcile --json > findings.json')}
What --repair does:
  drifted  LiteLLM is made equal to the database
  missing  marked as unmirrored: calls go with the service key, and are refused where none is configured;
           rotate the key to have it in LiteLLM again
  orphan   deleted from LiteLLM, unless there are more than 10 and more than one in ten of the keys
           compared: then it is probably another database or namespace; --max-orphans allows more
  spend    nothing: it is only reported, when LiteLLM counted more than the ledger by over a cent
           and over 1 % of what it counted

Exit codes:
  0  equal, or everything was repaired    1  it could not be compared as a whole; nothing was repaired
  2  wrong usage or configuration         3  something differs and stays so
`,
    )
    .action((options: ReconcileOptions, command: Command) => reconcile(io, options, command));
}

async function reconcile(io: Io, options: ReconcileOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const graceMs = readDuration('--grace', options.grace);
  const limit = readCount('--limit', options.limit, 1, 100);
  const maxOrphans = given(options.maxOrphans, (value) => readCount('--max-orphans', value, 0, 1_000_000));
  const run = await withKeywright(context.config, { needsLiteLlm: 'compares' }, (services) => {
    const report = context.isJson ? jsonReport(io) : textReport(io, limit);
    const orphans = maxOrphans === undefined ? {} : { maxOrphans };
    return runReported(context, services, report, { repair: options.repair === true, graceMs, ...orphans });
  });
  if (run.outcome === 'failed') throw new Failure(`${run.error} Nothing was repaired.`);
  const { missing, orphan, drifted, spend, repaired } = run.counts;
  const left = missing + orphan + drifted + spend - repaired;
  if (run.error !== null) throw new Attention(`${run.error} (--max-orphans ${orphan})`);
  if (left > 0) throw new Attention(`${left} of what was found ${left === 1 ? 'stays' : 'stay'} different.`);
}

async function runReported(
  { io }: CommandContext,
  { keywright }: Services,
  report: ReconcileReport,
  options: { repair: boolean; graceMs: number; maxOrphans?: number },
): Promise<ReconcileRun> {
  const progress = startProgress(io);
  let found = 0;
  try {
    const run = await keywright.reconcile.run(platformOperator, {
      ...options,
      signal: io.stop,
      onFinding: (finding) => {
        found++;
        report.add(finding);
      },
      onProgress: ({ compared }) => progress.show(`Keys compared: ${compared}, found: ${found}`),
    });
    progress.end();
    report.end(run);
    return run;
  } catch (error) {
    progress.end();
    report.abort();
    if (io.stop.aborted) throw new Failure('Stopped before the end: what was repaired until then stays so.');
    throw error;
  }
}
