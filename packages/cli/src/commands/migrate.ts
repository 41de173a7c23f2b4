import { type MigrationStatus, type Migrator, migrate } from '@keywright/postgres-store';
import type { Command } from 'commander';
import { type CommandContext, commandContext, examples, show } from '../command-context.ts';
import { withDatabase } from '../compose.ts';
import { assertCanAsk, confirm } from '../confirm.ts';
import { Failure, UsageError } from '../errors.ts';
import { type Io, note } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { readCount } from '../options.ts';
import { formatTable } from '../table.ts';

interface UpOptions {
  to?: string;
  sql?: boolean;
}

interface DownOptions extends UpOptions {
  steps?: string;
  yes?: boolean;
}

export function addMigrate(program: Command, io: Io): void {
  const group = program.command('migrate').description("bring the database's schema to this release");
  group
    .command('up')
    .description('apply what is pending; harmless when nothing is, and when several do it at once')
    .option('--to <number>', 'only up to this step (default: the newest)')
    .option('--sql', 'print the statements as a script instead of running them')
    .addHelpText('after', examples('keywright migrate up', 'keywright migrate up --sql > migrate.sql'))
    .action((options: UpOptions, command: Command) => up(io, options, command));
  group
    .command('down')
    .description('undo steps, AND WITH THEM THE DATA in their tables')
    .option('--steps <count>', 'how many steps')
    .option('--to <number>', 'down to this step, which stays; 0 undoes all')
    .option('--sql', 'print the statements as a script instead of running them')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('keywright migrate down --steps 1 --yes', 'keywright migrate down --to 0 --sql'))
    .action((options: DownOptions, command: Command) => down(io, options, command));
  group
    .command('status')
    .description('tell which steps were applied; exit code 1 when some are pending or the schema does not fit')
    .addHelpText('after', examples('keywright migrate status', 'keywright migrate status --json'))
    .action((_options: object, command: Command) => status(io, command));
}

async function up(io: Io, options: UpOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const to = options.to === undefined ? undefined : readCount('--to', options.to, 1, 9999);
  // only this command may make a database where there is none
  await withMigrator(context, { mayCreate: !options.sql }, async (migrator) => {
    const target = to === undefined ? {} : { to: await existingStep(migrator, to) };
    if (options.sql) {
      const sql = await migrator.sql('up', target);
      return show(context, { sql }, sql);
    }
    const applied = await migrator.up(target);
    show(
      context,
      { applied },
      applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'Up to date.',
    );
  });
}

async function down(io: Io, options: DownOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const to = options.to === undefined ? undefined : readCount('--to', options.to, 0, 9999);
  const steps = options.steps === undefined ? undefined : readCount('--steps', options.steps, 1, 9999);
  if ((to === undefined) === (steps === undefined)) {
    throw new UsageError('--steps: say how far down, with one of --steps 1 and --to 3');
  }
  if (!options.sql) assertCanAsk(io, options.yes);
  await withMigrator(context, {}, async (migrator) => {
    const target = to === undefined ? { steps: steps ?? 1 } : { to: await existingStep(migrator, to) };
    if (options.sql) {
      const sql = await migrator.sql('down', target);
      return show(context, { sql }, sql);
    }
    if (!options.yes) await askBeforeDown(io, migrator, target);
    const undone = await migrator.down(target);
    show(
      context,
      { undone },
      undone.length > 0 ? undone.map((name) => `undone ${name}`).join('\n') : 'Nothing to undo.',
    );
  });
}

async function status(io: Io, command: Command): Promise<void> {
  const context = commandContext(io, command);
  await withMigrator(context, {}, async (migrator) => {
    const found = await migrator.status();
    const { applied, pending, newer, refusal = null } = found;
    const steps = applied.map(({ number, name, appliedAt }) => ({ number, name, appliedAt }));
    show(context, { applied: steps, pending, newer, refusal }, statusTable(found));
    if (refusal !== null) throw new Failure(refusal);
    if (pending.length > 0) throw new Failure(`${pending.length} steps are pending: run keywright migrate up.`);
  });
}

async function askBeforeDown(io: Io, migrator: Migrator, target: { steps: number } | { to: number }): Promise<void> {
  const { applied } = await migrator.status();
  const first = 'to' in target ? target.to : Math.max(0, applied.length - target.steps);
  const names = applied.slice(first).map(({ name }) => name);
  if (names.length === 0) return;
  const question = `Undo ${names.reverse().join(', ')}, and with it the data in their tables? It cannot be undone.`;
  await confirm(io, question, 'Nothing was changed.');
}

function withMigrator(
  context: CommandContext,
  options: { mayCreate?: boolean },
  work: (migrator: Migrator) => Promise<void>,
): Promise<void> {
  const { schema } = context.config;
  const warn = (message: string) => note(context.io, message);
  const logger = { debug() {}, info() {}, warn, error: warn };
  return withDatabase(context.config, options, (database) => work(migrate({ ...database, schema, logger })));
}

/** A number beyond the newest step is a slip, not a wish. */
async function existingStep(migrator: Migrator, number: number): Promise<number> {
  const { applied, pending } = await migrator.status();
  const newest = applied.length + pending.length;
  if (number <= newest) return number;
  throw new UsageError(`--to: should be at most ${newest}, the newest step`);
}

function statusTable({ applied, pending }: MigrationStatus): string {
  const done = applied.map(({ name, appliedAt }) => [name, 'applied', formatTime(appliedAt)]);
  const open = pending.map((name) => [name, 'pending', '']);
  return formatTable(['STEP', 'STATE', 'WHEN'], [...done, ...open]);
}
