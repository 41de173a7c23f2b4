import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { assertCanAsk, confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { readHostId, readKeyId } from '../options.ts';

interface DeleteOptions {
  tenant: string;
  yes?: boolean;
}

export function addKeysDelete(keys: Command, io: Io): void {
  keys
    .command('delete')
    .description('delete a key for good, here and in LiteLLM')
    .argument('<id>', 'id of the key, from keys list')
    .requiredOption('--tenant <id>', 'whose key it is')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('keywright keys delete 019...-... --tenant acme --yes'))
    .action((id: string, options: DeleteOptions, command: Command) => deleteKey(io, id, options, command));
}

async function deleteKey(io: Io, argument: string, options: DeleteOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const id = readKeyId(argument);
  assertCanAsk(io, options.yes);
  const actor = operatorActor(tenantId);
  const reach = tenantReach(tenantId);
  const { deletedAt, isPending } = await withKeywright(
    context.config,
    { needsLiteLlm: true },
    async ({ keywright: { keys } }) => {
      if (!options.yes) {
        const { name, keyPrefix, userId } = await keys.get(actor, id, reach);
        const question = `Delete the key "${name}" (${keyPrefix}) of ${userId}? It cannot be undone.`;
        await confirm(io, question, 'Nothing was deleted.');
      }
      return keys.delete(actor, id, reach);
    },
  );
  const state = isPending ? 'It does not work here any more; LiteLLM has not confirmed yet, the worker goes on.' : '';
  show(
    context,
    { message: 'API key deleted successfully', id, deletedAt, pending: isPending },
    `Deleted ${id}. ${state}`.trim(),
  );
}
