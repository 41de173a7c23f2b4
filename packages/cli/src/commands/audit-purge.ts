import { purgeAuditLogs } from '@keywright/postgres-store';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withDatabase } from '../compose.ts';
import { assertCanAsk, confirm } from '../confirm.ts';
import { Failure } from '../errors.ts';
import type { Io } from '../io.ts';
import { readPastMoment } from '../options.ts';
import { startProgress } from '../progress.ts';

interface PurgeOptions {
  before: string;
  yes?: boolean;
}

export function addAuditPurge(audit: Command, io: Io): void {
  audit
    .command('purge')
    .description('remove audit entries of every tenant whose time of retention is over, for good')
    .requiredOption('--before <time>', 'those from before: 2026-01-31, 2026-01-31T12:00:00Z, or 365d ago')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `${examples('keywright audit purge --before 365d --yes', 'keywright audit purge --before 2026-01-01 --yes --json')}
The role in DATABASE_URL needs DELETE on audit_logs, which the role of the application should not have.
`,
    )
    .action((options: PurgeOptions, command: Command) => purge(io, options, command));
}

async function purge(io: Io, options: PurgeOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const before = readPastMoment('--before', options.before, Date.now());
  assertCanAsk(io, options.yes);
  const { schema } = context.config;
  const { removed } = await withDatabase(context.config, {}, async (database) => {
    if (!options.yes) {
      const question = `Remove every audit entry from before ${before.toISOString()}? It cannot be undone.`;
      await confirm(io, question, 'Nothing was removed.');
    }
    const progress = startProgress(io);
    try {
      const onProgress = (sofar: { removed: number }) => progress.show(`Removed ${sofar.removed}.`);
      return await purgeAuditLogs({ ...database, schema, before, signal: io.stop, onProgress });
    } catch (error) {
      if (io.stop.aborted) throw new Failure('Stopped before the end: what was removed stays removed.');
      throw error;
    } finally {
      progress.end();
    }
  });
  show(context, { before, removed }, `Removed ${removed} entries.`);
}
