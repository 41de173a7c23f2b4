import { Command } from 'commander';
import { addKeysCreate } from './commands/keys-create.ts';
import { addKeysDelete } from './commands/keys-delete.ts';
import { addKeysInspect } from './commands/keys-inspect.ts';
import { addKeysList } from './commands/keys-list.ts';
import { addMigrate } from './commands/migrate.ts';
import { addSubscriptionsCreate } from './commands/subscriptions-create.ts';
import { addSubscriptionsList } from './commands/subscriptions-list.ts';
import { addWorker } from './commands/worker.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

const help = `
Environment:
  DATABASE_URL                 Postgres, such as postgres://user:password@localhost:5432/keywright
  KEYWRIGHT_DATA_DIR           instead: the data folder of an example server, while that is stopped
  LITELLM_BASE_URL             LiteLLM, such as http://localhost:4000
  LITELLM_MASTER_KEY           its master key
  KEYWRIGHT_SCHEMA             schema of the tables (default: keywright)
  KEYWRIGHT_NAMESPACE          what marks our keys in LiteLLM (default: keywright)
  KEYWRIGHT_SECRET_BRAND       the word in sk-<brand>_... (default: kw)
  KEYWRIGHT_MAX_KEYS_PER_USER  default: 10
  KEYWRIGHT_DEBUG              1: as --debug

Exit codes:
  0  done    1  failed, or a check found something    2  wrong usage or configuration

First steps:
  keywright migrate up
  keywright subscriptions create --tenant acme --user alice --models gpt-4o-mini
  keywright keys create --tenant acme --user alice --name laptop
`;

/** The command tree. It throws instead of ending the process; `run` turns that into an exit code. */
export function createProgram(io: Io): Command {
  const program = new Command('keywright')
    .description('Migrate the schema, manage subscriptions and API keys, run the worker.')
    .version(version)
    .option('--json', 'print results as JSON, and errors as one line of JSON on stderr')
    .option('--debug', 'print where unexpected errors come from')
    .addHelpText('after', help);
  addMigrate(program, io);
  const subscriptions = program.command('subscriptions').description('create and list what users may use');
  addSubscriptionsCreate(subscriptions, io);
  addSubscriptionsList(subscriptions, io);
  const keys = program.command('keys').description('list, create, delete and inspect API keys');
  addKeysList(keys, io);
  addKeysCreate(keys, io);
  addKeysDelete(keys, io);
  addKeysInspect(keys, io);
  addWorker(program, io);
  for (const command of everyCommand(program)) speakThrough(command, io);
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function speakThrough(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: () => {}, // `run` reports every error, in one line
  });
}
