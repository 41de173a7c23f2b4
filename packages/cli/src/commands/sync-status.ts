import type { ReconcileRun, SyncSummary } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { Failure } from '../errors.ts';
import type { Io } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { operatorActor, platformOperator, tenantReach } from '../operator.ts';
import { given, readHostId } from '../options.ts';
import { formatFields } from '../table.ts';

interface StatusOptions {
  tenant?: string;
}

export function addSyncStatus(sync: Command, io: Io): void {
  sync
    .command('status')
    .description('count what still differs between the database and LiteLLM; exit code 1 when tasks are dead')
    .option('--tenant <id>', 'only of this tenant (default: all)')
    .addHelpText('after', examples('keywright sync status', 'keywright sync status --tenant acme --json'))
    .action((options: StatusOptions, command: Command) => status(io, options, command));
}

async function status(io: Io, options: StatusOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = given(options.tenant, (value) => readHostId('--tenant', value));
  const { summary, last } = await withKeywright(context.config, { needsLiteLlm: false }, async (services) => {
    const { keywright, storage } = services;
    return {
      summary:
        tenantId === undefined
          ? await storage.unscoped.syncQueue.summary()
          : await keywright.sync.summary(operatorActor(tenantId), tenantReach(tenantId)),
      last: await keywright.reconcile.last(platformOperator),
    };
  });
  show(context, { ...summary, lastReconcile: last ?? null }, describe(summary, last));
  if (summary.dead > 0) throw new Failure(`${summary.dead} tasks are dead: keywright sync list --dead tells why.`);
}

function describe({ pending, dead, oldestSeconds, lastError }: SyncSummary, last: ReconcileRun | undefined): string {
  return formatFields([
    ['pending', oldestSeconds === null ? `${pending}` : `${pending}, the oldest for ${oldestSeconds} s`],
    ['dead', `${dead}`],
    ['last error', lastError ?? '-'],
    ['last reconcile', last ? `${formatTime(last.finishedAt)}: ${last.outcome}` : 'never'],
  ]);
}
