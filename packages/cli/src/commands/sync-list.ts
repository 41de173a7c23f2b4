import type { SyncTask } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { given, readCount, readHostId } from '../options.ts';
import { syncTasks } from '../sync-tasks.ts';
import { formatTable } from '../table.ts';

interface ListOptions {
  tenant?: string;
  dead?: boolean;
  limit: string;
}

export function addSyncList(sync: Command, io: Io): void {
  sync
    .command('list')
    .description('list what still differs between the database and LiteLLM, with what it failed with')
    .option('--tenant <id>', 'only of this tenant (default: all)')
    .option('--dead', 'only what was given up')
    .option('--limit <count>', '1 to 100', '20')
    .addHelpText('after', examples('keywright sync list --dead', 'keywright sync list --tenant acme --json'))
    .action((options: ListOptions, command: Command) => list(io, options, command));
}

async function list(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = given(options.tenant, (value) => readHostId('--tenant', value));
  const limit = readCount('--limit', options.limit, 1, 100);
  const found = await withKeywright(context.config, { needsLiteLlm: false }, async (services) => {
    const tasks: SyncTask[] = [];
    for await (const task of syncTasks(services, tenantId)) {
      if (options.dead && !task.deadAt) continue;
      tasks.push(task);
      if (tasks.length > limit) break; // one more than is shown tells that there are more
    }
    return tasks;
  });
  const shown = found.slice(0, limit);
  const hasMore = found.length > limit;
  show(context, { data: shown, hasMore }, taskTable(shown));
  if (hasMore && !context.isJson) note(io, 'There are more: raise --limit, or narrow it with --tenant.');
}

function taskTable(tasks: readonly SyncTask[]): string {
  if (tasks.length === 0) return 'No entries.';
  const rows = tasks.map((task) => [
    task.tenantId,
    task.entity,
    task.entityId,
    task.deadAt ? `dead since ${formatTime(task.deadAt)}` : `due ${formatTime(task.dueAt)}`,
    `${task.attempts}`,
    task.lastError ?? '-',
  ]);
  return formatTable(['TENANT', 'ENTITY', 'ID', 'STATE', 'FAILED', 'LAST ERROR'], rows);
}
