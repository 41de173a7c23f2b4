import { createSubscriptionInput, parseInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { type Io, note } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { given, namingOptions, readCount, readHostId, readList, readMoment, readUsd } from '../options.ts';
import { subscriptionToJson } from '../subscription-json.ts';

interface CreateOptions {
  tenant: string;
  user: string;
  models: string;
  name?: string;
  default?: boolean;
  maxBudget?: string;
  budgetDuration?: string;
  tpm?: string;
  rpm?: string;
  expires?: string;
}

const optionOf = {
  userId: '--user',
  models: '--models',
  name: '--name',
  isDefault: '--default',
  maxBudget: '--max-budget',
  budgetDuration: '--budget-duration',
  tpmLimit: '--tpm',
  rpmLimit: '--rpm',
  expiresAt: '--expires',
};

export function addSubscriptionsCreate(subscriptions: Command, io: Io): void {
  subscriptions
    .command('create')
    .description('say what a user may use: which models, and the limits that no key may exceed')
    .requiredOption('--tenant <id>', "the user's tenant; recorded when it is new")
    .requiredOption('--user <id>', 'whose subscription; recorded when new')
    .requiredOption('--models <a,b>', "LiteLLM's names of the models that keys may use")
    .option('--name <text>', 'what people know it by')
    .option('--default', "make it the user's default: what a key gets when none is named (the first one is, anyway)")
    .option('--no-default', 'not the default')
    .option('--max-budget <usd>', 'most that each key may spend')
    .option('--budget-duration <time>', 'after which the budget starts anew, such as 30d')
    .option('--tpm <count>', 'tokens per minute')
    .option('--rpm <count>', 'requests per minute')
    .option('--expires <time>', 'when it ends: 2030-01-31, 2030-01-31T12:00:00Z, or 30d from now')
    .addHelpText(
      'after',
      examples(
        'keywright subscriptions create --tenant acme --user alice --models gpt-4o,gpt-4o-mini',
        'keywright subscriptions create --tenant acme --user ci --models gpt-4o-mini --max-budget 5 --budget-duration 30d',
      ),
    )
    .action((options: CreateOptions, command: Command) => createSubscription(io, options, command));
}

async function createSubscription(io: Io, options: CreateOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const input = await namingOptions(optionOf, () => parseInput(createSubscriptionInput, toInput(options)));
  // the database alone: LiteLLM learns of it with the first key
  const created = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    namingOptions(optionOf, () =>
      keywright.subscriptions.create(operatorActor(tenantId), input, tenantReach(tenantId)),
    ),
  );
  show(context, subscriptionToJson(created), created.id);
  const kind = created.isDefault ? 'the default subscription' : 'a subscription';
  note(io, `Created ${kind} of ${created.userId}: ${created.models.join(', ')}.`);
}

/** Options that were given; what was not given is absent, which is not the same as null or 0. */
function toInput(options: CreateOptions) {
  const count = (option: string) => (value: string) => readCount(option, value, 0, 2_147_483_647);
  return {
    userId: options.user,
    models: readList('--models', options.models),
    name: options.name,
    isDefault: options.default,
    maxBudget: given(options.maxBudget, (value) => readUsd('--max-budget', value)),
    budgetDuration: options.budgetDuration,
    tpmLimit: given(options.tpm, count('--tpm')),
    rpmLimit: given(options.rpm, count('--rpm')),
    expiresAt: given(options.expires, (value) => readMoment('--expires', value, Date.now())),
  };
}
