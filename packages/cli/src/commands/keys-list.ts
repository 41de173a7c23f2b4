import { type ApiKeyView, apiKeyStatuses, formatUsd } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { formatTime, keyToJson } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { namingOptions, readChoice, readHostId } from '../options.ts';
import { addPageOptions, type PageOptions, readPage, showPage } from '../page.ts';
import { formatTable } from '../table.ts';

interface ListOptions extends PageOptions {
  tenant: string;
  user?: string;
  status?: string;
  model?: string;
  search?: string;
}

const optionOf = { userId: '--user', status: '--status', model: '--model', search: '--search' };

export function addKeysList(keys: Command, io: Io): void {
  const list = keys
    .command('list')
    .description('list the keys of a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose keys')
    .option('--user <id>', 'only keys of this user')
    .option('--status <status>', `only keys that are ${apiKeyStatuses.join(', ')}`)
    .option('--model <name>', 'only keys that may use this model now')
    .option('--search <text>', 'part of the name, or beginning of the prefix');
  addPageOptions(list)
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
  const request = readPage(options);
  const filter = {
    ...(options.user !== undefined && { userId: readHostId('--user', options.user) }),
    ...(options.status !== undefined && { status: readChoice('--status', options.status, apiKeyStatuses) }),
    ...(options.model !== undefined && { model: readHostId('--model', options.model) }),
    ...(options.search !== undefined && { search: options.search }),
  };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () => keywright.keys.list(operatorActor(tenantId), filter, request, tenantReach(tenantId))),
  );
  showPage(context, page, keyToJson, keyTable);
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
