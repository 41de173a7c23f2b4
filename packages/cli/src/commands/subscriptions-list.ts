import { formatUsd, type Subscription, subscriptionStatuses } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { formatTime } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { formatCursor, given, namingOptions, readChoice, readCount, readCursor, readHostId } from '../options.ts';
import { subscriptionToJson } from '../subscription-json.ts';
import { formatTable } from '../table.ts';

interface ListOptions {
  tenant: string;
  user?: string;
  status?: string;
  limit: string;
  cursor?: string;
}

export function addSubscriptionsList(subscriptions: Command, io: Io): void {
  subscriptions
    .command('list')
    .description('list the subscriptions of a tenant, newest first')
    .requiredOption('--tenant <id>', 'whose subscriptions')
    .option('--user <id>', 'only those of this user')
    .option('--status <status>', `only those that are ${subscriptionStatuses.join(', ')}`)
    .option('--limit <count>', '1 to 100', '20')
    .option('--cursor <text>', 'go on where the page before ended')
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
  const limit = readCount('--limit', options.limit, 1, 100);
  const after = given(options.cursor, (value) => readCursor('--cursor', value));
  const filter = {
    userId: given(options.user, (value) => readHostId('--user', value)),
    status: given(options.status, (value) => readChoice('--status', value, subscriptionStatuses)),
  };
  const optionOf = { userId: '--user', status: '--status' };
  const page = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright: { subscriptions } }) =>
    namingOptions(optionOf, () =>
      subscriptions.list(operatorActor(tenantId), filter, { limit, ...(after && { after }) }, tenantReach(tenantId)),
    ),
  );
  const nextCursor = page.next ? formatCursor(page.next) : null;
  show(context, { data: page.items.map(subscriptionToJson), nextCursor }, subscriptionTable(page.items));
  if (nextCursor && !context.isJson) note(io, `There are more: add --cursor ${nextCursor}`);
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
