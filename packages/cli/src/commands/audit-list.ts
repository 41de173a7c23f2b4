import { type AuditEntry, auditActions, auditResourceTypes } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, namingOptions, readChoice, readHostId, readPastMoment } from '../options.ts';
import { addPageOptions, type PageOptions, readPage, showPage } from '../page.ts';
import { formatTable } from '../table.ts';

interface ListOptions extends PageOptions {
  tenant: string;
  actor?: string;
  action?: string;
  resourceType?: string;
  resourceId?: string;
  from?: string;
  to?: string;
}

export function addAuditList(audit: Command, io: Io): void {
  const list = audit
    .command('list')
    .description('tell who did what in a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose audit log')
    .option('--actor <id>', 'only what this user did; this command line is cli, the worker is keywright')
    .option('--action <name>', 'only such as API_KEY_DELETE')
    .option('--resource-type <type>', `only about ${auditResourceTypes.join(', ')}`)
    .option('--resource-id <id>', 'only about this key, subscription, user or tenant')
    .option('--from <time>', 'from then on: 2026-01-31, 2026-01-31T12:00:00Z, or 30d ago')
    .option('--to <time>', 'before then');
  addPageOptions(list)
    .addHelpText(
      'after',
      examples(
        'keywright audit list --tenant acme --from 7d',
        'keywright audit list --tenant acme --action API_KEY_DELETE --json',
      ),
    )
    .action((options: ListOptions, command: Command) => listEntries(io, options, command));
}

async function listEntries(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const request = readPage(options);
  const nowMs = Date.now();
  const filter = {
    actorId: given(options.actor, (value) => readHostId('--actor', value)),
    action: given(options.action, (value) => readChoice('--action', value, auditActions)),
    resourceType: given(options.resourceType, (value) => readChoice('--resource-type', value, auditResourceTypes)),
    resourceId: given(options.resourceId, (value) => readHostId('--resource-id', value)),
    from: given(options.from, (value) => readPastMoment('--from', value, nowMs)),
    to: given(options.to, (value) => readPastMoment('--to', value, nowMs)),
  };
  const optionOf = { actorId: '--actor', resourceId: '--resource-id', from: '--from', to: '--to' };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () =>
      keywright.audit.list(operatorActor(tenantId), filter, request, tenantReach(tenantId)),
    ),
  );
  showPage(context, page, (entry) => entry, auditTable);
}

function auditTable(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'No entries.';
  const rows = entries.map(({ createdAt, actorId, action, resourceType, resourceId, ipAddress }) => [
    formatTime(createdAt),
    actorId,
    action,
    `${resourceType} ${resourceId}`,
    ipAddress ?? '-',
  ]);
  return formatTable(['WHEN', 'ACTOR', 'ACTION', 'RESOURCE', 'FROM'], rows);
}
