import { formatUsd, parseInput, type User, updateUserInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { UsageError } from '../errors.ts';
import { type Io, printable } from '../io.ts';
import { operatorActor, tenantReach } from '../operator.ts';
import { clearable, given, namingOptions, readCount, readFlag, readHostId, readUsd } from '../options.ts';
import { userToJson } from '../user-json.ts';

/** False: `--no-...`, which clears. */
interface UpdateOptions {
  tenant: string;
  active?: string;
  name?: string | false;
  email?: string | false;
  maxBudget?: string | false;
  tpm?: string | false;
  rpm?: string | false;
}

const changes = '--active, --name, --email, --max-budget, --tpm, --rpm, or --no-name and so on to clear';

const optionOf = {
  name: '--name',
  email: '--email',
  isActive: '--active',
  maxBudget: '--max-budget',
  tpmLimit: '--tpm',
  rpmLimit: '--rpm',
};

export function addUsersUpdate(users: Command, io: Io): void {
  users
    .command('update')
    .description('change a user; one that is not active has no key that works, here at once and soon in LiteLLM')
    .argument('<id>', "the user's id")
    .requiredOption('--tenant <id>', "the user's tenant")
    .option('--active <true|false>', 'whether the keys of the user work')
    .option('--name <text>', 'what people know the user by')
    .option('--no-name', 'no name')
    .option('--email <address>', 'e-mail address')
    .option('--no-email', 'no e-mail address')
    .option('--max-budget <usd>', 'most that all keys of the user may spend')
    .option('--no-max-budget', 'no such limit')
    .option('--tpm <count>', 'tokens per minute')
    .option('--no-tpm', 'no such limit')
    .option('--rpm <count>', 'requests per minute')
    .option('--no-rpm', 'no such limit')
    .addHelpText(
      'after',
      examples(
        'keywright users update alice --tenant acme --active false',
        'keywright users update alice --tenant acme --max-budget 50 --no-rpm',
      ),
    )
    .action((id: string, options: UpdateOptions, command: Command) => updateUser(io, id, options, command));
}

async function updateUser(io: Io, argument: string, options: UpdateOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = readHostId('--tenant', options.tenant);
  const id = readHostId('<id>', argument);
  const change = toInput(options);
  if (Object.keys(change).length === 0) throw new UsageError(`users update: should change something: ${changes}`);
  const input = await namingOptions(optionOf, () => parseInput(updateUserInput, change));
  // the database alone: LiteLLM follows through the worker
  const user = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    keywright.users.update(operatorActor(tenantId), id, input, tenantReach(tenantId)),
  );
  show(context, userToJson(user), describe(user));
}

/** The user as it is now, what was not changed too. */
function describe({ id, isActive, name, email, maxBudget, tpmLimit, rpmLimit }: User): string {
  const limits = [
    maxBudget === null ? 'no budget limit' : `budget ${formatUsd(maxBudget)} USD`,
    tpmLimit === null ? 'no limit of tokens' : `${tpmLimit} tokens per minute`,
    rpmLimit === null ? 'no limit of requests' : `${rpmLimit} requests per minute`,
  ];
  const about = [isActive ? 'active' : 'not active', `name ${name ?? '-'}`, `e-mail ${email ?? '-'}`, ...limits];
  return printable(`Changed ${id}, which is now: ${about.join(', ')}.`);
}

/** What was not given is absent, which is not the same as null or 0. */
function toInput(options: UpdateOptions) {
  const count = (option: string) => (value: string) => readCount(option, value, 0, 2_147_483_647);
  const text = (value: string) => value;
  const input = {
    isActive: given(options.active, (value) => readFlag('--active', value)),
    name: clearable(options.name, text),
    email: clearable(options.email, text),
    maxBudget: clearable(options.maxBudget, (value) => readUsd('--max-budget', value)),
    tpmLimit: clearable(options.tpm, count('--tpm')),
    rpmLimit: clearable(options.rpm, count('--rpm')),
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
