import { parseInput, rotateApiKeyInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { formatTime, keyToJson } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { namingOptions, readDuration, readHostId, readKeyId } from '../options.ts';

interface RotateOptions {
  tenant: string;
  grace: string;
}

const optionOf = { gracePeriodSeconds: '--grace' };

export function addKeysRotate(keys: Command, io: Io): void {
  keys
    .command('rotate')
    .description('give a key a new secret, here and in LiteLLM; prints the secret, once')
    .argument('<id>', 'id of the key, from keys list')
    .requiredOption('--tenant <id>', 'whose key it is')
    .option('--grace <time>', 'how long the old secret works still: 300, 10m, 0s, at most 7d', '300')
    .addHelpText(
      'after',
      examples(
        'keywright keys rotate 019...-... --tenant acme --grace 1h',
        'SECRET=$(keywright keys rotate 019...-... --tenant acme)',
      ),
    )
    .action((id: string, options: RotateOptions, command: Command) => rotateKey(io, id, options, command));
}

async function rotateKey(io: Io, argument: string, options: RotateOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const id = readKeyId(argument);
  const gracePeriodSeconds = readDuration('--grace', options.grace, '7d') / 1000;
  const input = await namingOptions(optionOf, () => parseInput(rotateApiKeyInput, { gracePeriodSeconds }));
  const { apiKey, secret, previousUntil } = await withKeywright(
    context.config,
    { needsLiteLlm: true },
    ({ keywright }) => keywright.keys.rotate(operatorActor(tenantId), id, input, tenantReach(tenantId)),
  );
  show(context, { ...keyToJson(apiKey), key: secret.reveal(), previousUntil }, secret.reveal());
  const until = input.gracePeriodSeconds === 0 ? 'ended' : `works until ${formatTime(previousUntil)}`;
  note(io, `Key ${apiKey.id} has a new secret, shown this once; the old one ${until}.`);
}
