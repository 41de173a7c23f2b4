import { createInterface } from 'node:readline/promises';
import { isUuid } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { Failure, UsageError } from '../errors.ts';
import { type Io, printable } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { readHostId } from '../options.ts';

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

async function deleteKey(io: Io, id: string, options: DeleteOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  if (!isUuid(id)) throw new UsageError('<id>: should be the id of a key, from keywright keys list');
  if (!options.yes && !io.stdin.isTTY) throw new UsageError('--yes: is needed where nobody can be asked');
  const actor = operatorActor(tenantId);
  const reach = tenantReach(tenantId);
  const { deletedAt, isPending } = await withKeywright(
    context.config,
    { needsLiteLlm: true },
    async ({ keywright: { keys } }) => {
      if (!options.yes) {
        const { name, keyPrefix, userId } = await keys.get(actor, id, reach);
        await confirm(io, `Delete the key "${name}" (${keyPrefix}) of ${userId}? It cannot be undone. [y/N] `);
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

async function confirm(io: Io, question: string): Promise<void> {
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    // the input may end without an answer, and then the question would stay open for ever
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(printable(question), { signal: io.stop }), ended]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Nothing was deleted.');
  } finally {
    lines.close();
  }
}
