import { apiKeyStatuses, type BulkDeletion, bulkDeleteInput, parseInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { Failure } from '../errors.ts';
import { type Io, note } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, namingOptions, readChoice, readHostId } from '../options.ts';
import { formatTable } from '../table.ts';

interface BulkDeleteOptions {
  tenant: string;
  user?: string;
  subscription?: string;
  status?: string;
  model?: string;
  search?: string;
  yes?: boolean;
}

const optionOf = {
  '': '--user',
  userId: '--user',
  subscriptionId: '--subscription',
  status: '--status',
  model: '--model',
  search: '--search',
};

export function addKeysBulkDelete(keys: Command, io: Io): void {
  keys
    .command('bulk-delete')
    .description('tell which keys match; with --yes delete them for good, here and in LiteLLM')
    .requiredOption('--tenant <id>', 'whose keys')
    .option('--user <id>', 'keys of this user')
    .option('--subscription <id>', 'keys under this subscription')
    .option('--status <status>', `keys that are ${apiKeyStatuses.join(', ')}`)
    .option('--model <name>', 'keys that may use this model now')
    .option('--search <text>', 'part of the name, or beginning of the prefix')
    .option('-y, --yes', 'delete them; without it nothing is deleted')
    .addHelpText(
      'after',
      `${examples(
        'keywright keys bulk-delete --tenant acme --user alice',
        'keywright keys bulk-delete --tenant acme --user alice --status expired --yes',
      )}
At least one filter; at most 100 keys at a time. Exit code 1: a key could not be deleted.
`,
    )
    .action((options: BulkDeleteOptions, command: Command) => deleteKeys(io, options, command));
}

async function deleteKeys(io: Io, options: BulkDeleteOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const dryRun = options.yes !== true;
  const filter = {
    userId: given(options.user, (value) => readHostId('--user', value)),
    subscriptionId: given(options.subscription, (value) => readHostId('--subscription', value)),
    status: given(options.status, (value) => readChoice('--status', value, apiKeyStatuses)),
    model: given(options.model, (value) => readHostId('--model', value)),
    search: options.search,
  };
  const input = await namingOptions(optionOf, () => parseInput(bulkDeleteInput, { ...filter, dryRun }));
  const deletion = await withKeywright(context.config, { needsLiteLlm: !dryRun }, ({ keywright }) =>
    keywright.keys.bulkDelete(operatorActor(tenantId), input, tenantReach(tenantId)),
  );
  show(context, deletion, deletionTable(deletion));
  if (deletion.hasMore && !context.isJson) note(io, 'More keys match than one call deletes: run it again.');
  if (dryRun && deletion.matched > 0 && !context.isJson) note(io, 'Nothing was deleted: add --yes to delete them.');
  const failed = deletion.keys.filter(({ outcome }) => !expected.includes(outcome));
  if (failed.length > 0) throw new Failure(`${failed.length} of ${deletion.matched} keys could not be deleted.`);
}

const expected: readonly string[] = ['would-delete', 'deleted', 'pending'];

function deletionTable({ keys }: BulkDeletion): string {
  if (keys.length === 0) return 'No keys match.';
  const rows = keys.map(({ id, name, userId, keyPrefix, outcome }) => [id, name, userId, keyPrefix, outcome]);
  return formatTable(['ID', 'NAME', 'USER', 'PREFIX', 'OUTCOME'], rows);
}
