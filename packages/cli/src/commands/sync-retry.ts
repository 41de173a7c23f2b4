import { isKeywrightError, type SyncTask, syncEntities } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { type Services, withKeywright } from '../compose.ts';
import { UsageError } from '../errors.ts';
import { type Io, note } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, readChoice, readHostId } from '../options.ts';
import { syncTasks } from '../sync-tasks.ts';

interface RetryOptions {
  tenant?: string;
  allDead?: boolean;
}

type Entry = Pick<SyncTask, 'tenantId' | 'entity' | 'entityId'>;

export function addSyncRetry(sync: Command, io: Io): void {
  sync
    .command('retry')
    .description('make an entry due at once, also one that was given up; a worker takes it up')
    .argument('[entity]', syncEntities.join(', '))
    .argument('[id]', 'id of the key or user; of a team, the id of its tenant')
    .option('--tenant <id>', 'whose entry; with --all-dead: only of this tenant')
    .option('--all-dead', 'everything that was given up')
    .addHelpText(
      'after',
      examples('keywright sync retry key 019...-... --tenant acme', 'keywright sync retry --all-dead'),
    )
    .action((entity: string | undefined, id: string | undefined, options: RetryOptions, command: Command) =>
      retry(io, entity, id, options, command),
    );
}

async function retry(
  io: Io,
  entity: string | undefined,
  id: string | undefined,
  options: RetryOptions,
  command: Command,
): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = given(options.tenant, (value) => readHostId('--tenant', value));
  const one = readEntry(entity, id, tenantId, options);
  const retried = await withKeywright(context.config, { needsLiteLlm: false }, async (services) => {
    if (one) {
      await retryOne(services, one);
      return [one];
    }
    return retryDead(services, tenantId);
  });
  const lines = retried.map((entry) => `retried ${entry.entity} ${entry.entityId} of ${entry.tenantId}`);
  show(context, { retried }, lines.length > 0 ? lines.join('\n') : 'Nothing is dead.');
  if (retried.length > 0) note(io, 'A running worker takes it up; keywright worker --once does so now.');
}

/** Undefined: everything that is dead. */
function readEntry(
  entity: string | undefined,
  id: string | undefined,
  tenantId: string | undefined,
  { allDead = false }: RetryOptions,
): Entry | undefined {
  if (allDead) {
    if (entity === undefined) return undefined;
    throw new UsageError('--all-dead: takes no entry beside it');
  }
  if (entity === undefined || id === undefined) {
    throw new UsageError('<entity>: say which entry, such as key 019...-..., or --all-dead');
  }
  if (tenantId === undefined) throw new UsageError('--tenant: is missing; say whose entry it is');
  return { tenantId, entity: readChoice('<entity>', entity, syncEntities), entityId: readHostId('<id>', id) };
}

async function retryDead(services: Services, tenantId: string | undefined): Promise<Entry[]> {
  const retried: Entry[] = [];
  for await (const { deadAt, ...task } of syncTasks(services, tenantId)) {
    if (!deadAt) continue;
    const entry = { tenantId: task.tenantId, entity: task.entity, entityId: task.entityId };
    try {
      await retryOne(services, entry);
      retried.push(entry);
    } catch (error) {
      if (!isKeywrightError(error, 'sync_task_not_found')) throw error; // somebody else saw to it meanwhile
    }
  }
  return retried;
}

function retryOne({ keywright }: Services, { tenantId, entity, entityId }: Entry): Promise<void> {
  return keywright.sync.retry(operatorActor(tenantId), entity, entityId, tenantReach(tenantId));
}
