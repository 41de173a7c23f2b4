import { formatUsd, type Subscription, subscriptionStatuses } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, namingOptions, readChoice, readHostId } from '../options.ts';
import { addPageOptions, type PageOptions, readPage, showPage } from '../page.ts';
import { subscriptionToJson } from '../subscription-json.ts';
import { formatTable } from '../table.ts';

interface ListOptions extends PageOptions {
  tenant: string;
  user?: string;
  status?: string;
}

export function addSubscriptionsList(subscriptions: Command, io: Io): void {
  const list = subscriptions
    .command('list')
    .description('list the subscriptions of a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose subscriptions')
    .option('--user <id>', 'only those of this user')
    .option('--status <status>', `only those that are ${subscriptionStatuses.join(', ')}`);
  addPageOptions(list)
    .addHelpText(
      'after',
      examples(
        'keywright subscriptions list --tenant acme',
        'keywright subscriptions list --tenant acme --user alice --json',
      ),
    )
    .action((options: ListOptions, command: Command) => listSubscriptions(io, options, command));
}

async function listSubscriptions(io: Io, options: ListOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const request = readPage(options);
  const filter = {
    userId: given(options.user, (value) => readHostId('--user', value)),
    status: given(options.status, (value) => readChoice('--status', value, subscriptionStatuses)),
  };
  const optionOf = { userId: '--user', status: '--status' };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright: { subscriptions } }) =>
    namingOptions(optionOf, () => subscriptions.list(operatorActor(tenantId), filter, request, tenantReach(tenantId))),
  );
  showPage(context, page, subscriptionToJson, subscriptionTable);
}

function subscriptionTable(subscriptions: readonly Subscription[]): string {
  if (subscriptions.length === 0) return 'No subscriptions.';
  const headings = ['ID', 'NAME', 'USER', 'DEFAULT', 'STATUS', 'MODELS', 'BUDGET USD', 'PER', 'TPM', 'RPM', 'EXPIRES'];
  const rows = subscriptions.map((subscription) => [
    subscription.id,
    subscription.name ?? '-',
    subscription.userId,
    subscription.isDefault ? 'yes' : '-',
    subscription.status,
    subscription.models.join(','),
    subscription.maxBudget === null ? '-' : formatUsd(subscription.maxBudget),
    subscription.budgetDuration ?? '-',
    `${subscription.tpmLimit ?? '-'}`,
    `${subscription.rpmLimit ?? '-'}`,
    formatTime(subscription.expiresAt),
  ]);
  return formatTable(headings, rows);
}
