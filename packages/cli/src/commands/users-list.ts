import { formatUsd, type User } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, isHostId, namingOptions, readFlag, readHostId } from '../options.ts';
import { addPageOptions, type PageOptions, readPage, showPage } from '../page.ts';
import { formatTable } from '../table.ts';
import { userToJson } from '../user-json.ts';

interface ListOptions extends PageOptions {
  tenant: string;
  search?: string;
  active?: string;
}

const optionOf = { search: '--search', isActive: '--active' };

export function addUsersList(users: Command, io: Io): void {
  const list = users
    .command('list')
    .description('list the users of a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose users')
    .option('--search <text>', 'part of the id, name or e-mail')
    .option('--active <true|false>', 'only those that are active, or not');
  addPageOptions(list)
    .addHelpText(
      'after',
      examples('keywright users list --tenant acme', 'keywright users list --tenant acme --active false --json'),
    )
    .action((options: ListOptions, command: Command) => listUsers(io, options, command));
}

async function listUsers(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const request = readPage(options, isHostId);
  const filter = { search: options.search, isActive: given(options.active, (value) => readFlag('--active', value)) };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () =>
      keywright.users.list(operatorActor(tenantId), filter, request, tenantReach(tenantId)),
    ),
  );
  showPage(context, page, userToJson, userTable);
}

function userTable(users: readonly User[]): string {
  if (users.length === 0) return 'No users.';
  const rows = users.map((user) => [
    user.id,
    user.name ?? '-',
    user.email ?? '-',
    user.isActive ? 'yes' : 'no',
    user.maxBudget === null ? '-' : formatUsd(user.maxBudget),
    `${user.tpmLimit ?? '-'}`,
    `${user.rpmLimit ?? '-'}`,
    user.syncError ? `${user.syncStatus}: ${user.syncError}` : user.syncStatus,
  ]);
  return formatTable(['ID', 'NAME', 'E-MAIL', 'ACTIVE', 'BUDGET USD', 'TPM', 'RPM', 'SYNC'], rows);
}
