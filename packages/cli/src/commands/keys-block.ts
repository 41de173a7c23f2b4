import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { keyToJson } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { readHostId, readKeyId } from '../options.ts';

interface BlockOptions {
  tenant: string;
}

const descriptions = {
  block: 'refuse a key from now on, here and in LiteLLM, until it is unblocked',
  unblock: "lift an admin's block; a key that its owner blocked as well stays blocked",
};

export function addKeysBlock(keys: Command, io: Io): void {
  for (const verb of ['block', 'unblock'] as const) {
    keys
      .command(verb)
      .description(descriptions[verb])
      .argument('<id>', 'id of the key, from keys list')
      .requiredOption('--tenant <id>', 'whose key it is')
      .addHelpText('after', examples(`keywright keys ${verb} 019...-... --tenant acme`))
      .action((id: string, options: BlockOptions, command: Command) => setBlocked(io, verb, id, options, command));
  }
}

async function setBlocked(
  io: Io,
  verb: 'block' | 'unblock',
  argument: string,
  options: BlockOptions,
  command: Command,
) {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const id = readKeyId(argument);
  const key = await withKeywright(context.config, { needsLiteLlm: true }, ({ keywright }) =>
    keywright.keys[verb](operatorActor(tenantId), id, tenantReach(tenantId)),
  );
  show(context, keyToJson(key), `${key.id} is ${key.status}.`);
  if (key.status === 'blocked' && verb === 'unblock')
    note(io, 'Its owner holds it blocked: only the owner can lift that.');
  if (key.syncStatus === 'pending') note(io, 'LiteLLM has not confirmed yet; the worker goes on.');
}
