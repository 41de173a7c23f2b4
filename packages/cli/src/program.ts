import { Command } from 'commander';
import { addAuditList } from './commands/audit-list.ts';
import { addAuditPurge } from './commands/audit-purge.ts';
import { addDoctor } from './commands/doctor.ts';
import { addKeysBlock } from './commands/keys-block.ts';
import { addKeysBulkDelete } from './commands/keys-bulk-delete.ts';
import { addKeysCreate } from './commands/keys-create.ts';
import { addKeysDelete } from './commands/keys-delete.ts';
import { addKeysInspect } from './commands/keys-inspect.ts';
import { addKeysList } from './commands/keys-list.ts';
import { addKeysRotate } from './commands/keys-rotate.ts';
import { addMigrate } from './commands/migrate.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addSubscriptionsCreate } from './commands/subscriptions-create.ts';
import { addSubscriptionsList } from './commands/subscriptions-list.ts';
import { addSyncList } from './commands/sync-list.ts';
import { addSyncRetry } from './commands/sync-retry.ts';
import { addSyncStatus } from './commands/sync-status.ts';
import { addTenantsCreate, addTenantsUpdate } from './commands/tenants-change.ts';
import { addTenantsList } from './commands/tenants-list.ts';
import { addUsersList } from './commands/users-list.ts';
import { addUsersUpdate } from './commands/users-update.ts';
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
  3  nothing failed, but look at it: reconcile found what stays different, doctor has warnings and no errors

First steps:
  keywright migrate up
  keywright subscriptions create --tenant acme --user alice --models gpt-4o-mini
  keywright keys create --tenant acme --user alice --name laptop
`;

/** The command tree. It throws instead of ending the process; `run` turns that into an exit code. */
export function createProgram(io: Io): Command {
  const program = new Command('keywright')
    .description('Migrate the schema, manage tenants, users, subscriptions and API keys, check and repair the set-up.')
    .version(version)
    .option('--json', 'print results as JSON, and errors as one line of JSON on stderr')
    .option('--debug', 'print where unexpected errors come from')
    .addHelpText('after', help);
  addMigrate(program, io);
  addDoctor(program, io);
  addManagement(program, io);
  const sync = program.command('sync').description('see and retry what still differs from LiteLLM');
  addSyncStatus(sync, io);
  addSyncList(sync, io);
  addSyncRetry(sync, io);
  addReconcile(program, io);
  const audit = program.command('audit').description('read the audit log, and remove what is too old');
  addAuditList(audit, io);
  addAuditPurge(audit, io);
  addWorker(program, io);
  for (const command of everyCommand(program)) speakThrough(command, io);
  return program;
}

function addManagement(program: Command, io: Io): void {
  const tenants = program.command('tenants').description('list, create and change tenants');
  addTenantsList(tenants, io);
  addTenantsCreate(tenants, io);
  addTenantsUpdate(tenants, io);
  const users = program.command('users').description('list and change users');
  addUsersList(users, io);
  addUsersUpdate(users, io);
  const subscriptions = program.command('subscriptions').description('create and list what users may use');
  addSubscriptionsCreate(subscriptions, io);
  addSubscriptionsList(subscriptions, io);
  const keys = program.command('keys').description('list, create, rotate, block, delete and inspect API keys');
  addKeysList(keys, io);
  addKeysCreate(keys, io);
  addKeysRotate(keys, io);
  addKeysBlock(keys, io);
  addKeysDelete(keys, io);
  addKeysBulkDelete(keys, io);
  addKeysInspect(keys, io);
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
