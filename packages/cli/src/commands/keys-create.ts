import { createApiKeyForUserInput, parseInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { keyToJson } from '../key-json.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, namingOptions, readCount, readHostId, readList, readMoment, readUsd } from '../options.ts';

interface CreateOptions {
  tenant: string;
  user: string;
  name: string;
  subscription?: string;
  models?: string;
  expires?: string;
  maxBudget?: string;
  softBudget?: string;
  budgetDuration?: string;
  tpm?: string;
  rpm?: string;
  maxParallel?: string;
  permissions?: string;
  tags?: string;
  allowedIps?: string;
}

const optionOf = {
  userId: '--user',
  name: '--name',
  subscriptionId: '--subscription',
  models: '--models',
  expiresAt: '--expires',
  maxBudget: '--max-budget',
  softBudget: '--soft-budget',
  budgetDuration: '--budget-duration',
  tpmLimit: '--tpm',
  rpmLimit: '--rpm',
  maxParallelRequests: '--max-parallel',
  permissions: '--permissions',
  tags: '--tags',
  allowedIps: '--allowed-ips',
};

export function addKeysCreate(keys: Command, io: Io): void {
  keys
    .command('create')
    .description('create a key for a user, here and in LiteLLM; prints the secret, once')
    .requiredOption('--tenant <id>', "the user's tenant")
    .requiredOption('--user <id>', 'whose key it is')
    .requiredOption('--name <text>', 'what the owner knows it by')
    .option('--subscription <id>', "under which subscription (default: the user's default one)")
    .option('--models <a,b>', 'only these models (default: follow the subscription)')
    .option('--expires <time>', 'when it ends: 2030-01-31, 2030-01-31T12:00:00Z, or 30d from now')
    .option('--max-budget <usd>', 'most that it may spend')
    .option('--soft-budget <usd>', 'above which LiteLLM warns')
    .option('--budget-duration <time>', 'after which the budget starts anew, such as 30d')
    .option('--tpm <count>', 'tokens per minute')
    .option('--rpm <count>', 'requests per minute')
    .option('--max-parallel <count>', 'requests at the same time')
    .option('--permissions <a,b>', 'what it may do, such as llm:chat (default: llm:*)')
    .option('--tags <a,b>', 'words to find it by')
    .option('--allowed-ips <a,b>', 'addresses and ranges that it may be used from, such as 10.0.0.0/8')
    .addHelpText(
      'after',
      examples(
        'keywright keys create --tenant acme --user alice --name laptop',
        'keywright keys create --tenant acme --user ci --name nightly --models gpt-4o-mini --expires 30d --max-budget 5',
        'SECRET=$(keywright keys create --tenant acme --user alice --name laptop)',
      ),
    )
    .action((options: CreateOptions, command: Command) => createKey(io, options, command));
}

async function createKey(io: Io, options: CreateOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const input = await namingOptions(optionOf, () => parseInput(createApiKeyForUserInput, toInput(options)));
  const { apiKey, secret } = await withKeywright(context.config, { needsLiteLlm: true }, ({ keywright }) =>
    namingOptions(optionOf, () => keywright.keys.createFor(operatorActor(tenantId), input, tenantReach(tenantId))),
  );
  show(context, { ...keyToJson(apiKey), key: secret.reveal() }, secret.reveal());
  note(io, `Created key ${apiKey.id} for ${apiKey.userId}. This is the only time that its secret is shown.`);
}

/** Options that were given; what was not given is absent, which is not the same as null or 0. */
function toInput(options: CreateOptions) {
  const count = (option: string) => (value: string) => readCount(option, value, 0, 2_147_483_647);
  const list = (option: string) => (value: string) => readList(option, value);
  const usd = (option: string) => (value: string) => readUsd(option, value);
  return {
    userId: options.user,
    name: options.name,
    subscriptionId: given(options.subscription, (value) => readHostId('--subscription', value)),
    models: given(options.models, list('--models')),
    expiresAt: given(options.expires, (value) => readMoment('--expires', value, Date.now())),
    maxBudget: given(options.maxBudget, usd('--max-budget')),
    softBudget: given(options.softBudget, usd('--soft-budget')),
    budgetDuration: options.budgetDuration,
    tpmLimit: given(options.tpm, count('--tpm')),
    rpmLimit: given(options.rpm, count('--rpm')),
    maxParallelRequests: given(options.maxParallel, count('--max-parallel')),
    permissions: given(options.permissions, list('--permissions')),
    tags: given(options.tags, list('--tags')),
    allowedIps: given(options.allowedIps, list('--allowed-ips')),
  };
}
