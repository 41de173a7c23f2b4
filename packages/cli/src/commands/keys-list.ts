import { type ApiKeyView, apiKeyStatuses, formatUsd } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { formatTime, keyToJson } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { formatCursor, namingOptions, readChoice, readCount, readCursor, readHostId } from '../options.ts';
import { formatTable } from '../table.ts';

interface ListOptions {
  tenant: string;
  user?: string;
  status?: string;
  model?: string;
  search?: string;
  limit: string;
  cursor?: string;
}

const optionOf = { userId: '--user', status: '--status', model: '--model', search: '--search' };

export function addKeysList(keys: Command, io: Io): void {
  keys
    .command('list')
    .description('list the keys of a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose keys')
    .option('--user <id>', 'only keys of this user')
    .option('--status <status>', `only keys that are ${apiKeyStatuses.join(', ')}`)
    .option('--model <name>', 'only keys that may use this model now')
    .option('--search <text>', 'part of the name, or beginning of the prefix')
    .option('--limit <count>', '1 to 100', '20')
    .option('--cursor <text>', 'go on where the page before ended')
    .addHelpText(
      'after',
      examples(
        'keywright keys list --tenant acme',
        'keywright keys list --tenant acme --user alice --status active --json',
      ),
    )
    .action((options: ListOptions, command: Command) => listKeys(io, options, command));
}

async function listKeys(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const limit = readCount('--limit', options.limit, 1, 100);
  const after = options.cursor === undefined ? undefined : readCursor('--cursor', options.cursor);
  const filter = {
    ...(options.user !== undefined && { userId: readHostId('--user', options.user) }),
    ...(options.status !== undefined && { status: readChoice('--status', options.status, apiKeyStatuses) }),
    ...(options.model !== undefined && { model: readHostId('--model', options.model) }),
    ...(options.search !== undefined && { search: options.search }),
  };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () =>
      keywright.keys.list(operatorActor(tenantId), filter, { limit, ...(after && { after }) }, tenantReach(tenantId)),
    ),
  );
  const nextCursor = page.next ? formatCursor(page.next) : null;
  show(context, { data: page.items.map(keyToJson), nextCursor }, keyTable(page.items));
  if (nextCursor && !context.isJson) note(io, `There are more: add --cursor ${nextCursor}`);
}

function keyTable(keys: readonly ApiKeyView[]): string {
  if (keys.length === 0) return 'No keys.';
  const headings = ['ID', 'NAME', 'USER', 'PREFIX', 'STATUS', 'SYNC', 'MODELS', 'SPEND USD', 'LAST USED', 'EXPIRES'];
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.userId,
    key.keyPrefix,
    key.status,
    key.syncStatus,
    key.models.join(','),
    formatUsd(key.currentSpend),
    formatTime(key.lastUsedAt),
    formatTime(key.expiresAt),
  ]);
  return formatTable(headings, rows);
}
