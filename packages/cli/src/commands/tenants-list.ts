import type { Tenant } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { platformOperator } from '../operator.ts';
import { given, isHostId, namingOptions, readFlag } from '../options.ts';
import { addPageOptions, type PageOptions, readPage, showPage } from '../page.ts';
import { formatTable } from '../table.ts';

interface ListOptions extends PageOptions {
  search?: string;
  active?: string;
}

const optionOf = { search: '--search', isActive: '--active' };

export function addTenantsList(tenants: Command, io: Io): void {
  const list = tenants
    .command('list')
    .description('list the tenants, newest first')
    .option('--search <text>', 'part of the id or name')
    .option('--active <true|false>', 'only those that are active, or not');
  addPageOptions(list)
    .addHelpText('after', examples('keywright tenants list', 'keywright tenants list --active false --json'))
    .action((options: ListOptions, command: Command) => listTenants(io, options, command));
}

async function listTenants(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const request = readPage(options, isHostId);
  const filter = { search: options.search, isActive: given(options.active, (value) => readFlag('--active', value)) };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () => keywright.tenants.list(platformOperator, filter, request)),
  );
  showPage(context, page, (tenant) => tenant, tenantTable);
}

function tenantTable(tenants: readonly Tenant[]): string {
  if (tenants.length === 0) return 'No tenants.';
  const rows = tenants.map(({ id, name, isActive, liteLlmTeamId, syncStatus, syncError, createdAt }) => [
    id,
    name ?? '-',
    isActive ? 'yes' : 'no',
    liteLlmTeamId ?? '-',
    syncError ? `${syncStatus}: ${syncError}` : (syncStatus ?? '-'),
    formatTime(createdAt),
  ]);
  return formatTable(['ID', 'NAME', 'ACTIVE', 'LITELLM TEAM', 'SYNC', 'CREATED'], rows);
}
