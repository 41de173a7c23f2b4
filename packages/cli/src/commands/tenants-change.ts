import { createTenantInput, parseInput, updateTenantInput } from '@keywright/core';
import type { Command } from 'commander';
import { commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import type { Io } from '../io.ts';
import { platformOperator } from '../operator.ts';
import { clearable, given, namingOptions, readFlag, readHostId } from '../options.ts';

interface TenantOptions {
  /** False: `--no-name`. */
  name?: string | false;
  active?: string;
  team?: string | false;
}

const optionOf = { '': '--name', id: '<id>', name: '--name', isActive: '--active', liteLlmTeamId: '--team' };

export function addTenantsCreate(tenants: Command, io: Io): void {
  tenants
    .command('create')
    .description('name a tenant before its first subscription does')
    .argument('<id>', "the tenant's id, given by you")
    .option('--name <text>', 'what people know it by')
    .option('--active <true|false>', 'false: none of its keys works (default: true)')
    .option('--team <id>', "the LiteLLM team for its keys; beware: a key in a team escapes its user's budget there")
    .addHelpText('after', examples('keywright tenants create acme --name "Acme Inc."'))
    .action((id: string, options: TenantOptions, command: Command) => createTenant(io, id, options, command));
}

export function addTenantsUpdate(tenants: Command, io: Io): void {
  tenants
    .command('update')
    .description('change a tenant; one that is not active has no key that works, here at once and soon in LiteLLM')
    .argument('<id>', "the tenant's id")
    .option('--name <text>', 'what people know it by')
    .option('--no-name', 'no name')
    .option('--active <true|false>', 'whether its keys work')
    .option('--team <id>', "the LiteLLM team for its keys; beware: a key in a team escapes its user's budget there")
    .option('--no-team', 'no team')
    .addHelpText(
      'after',
      examples('keywright tenants update acme --active false', 'keywright tenants update acme --no-team'),
    )
    .action((id: string, options: TenantOptions, command: Command) => updateTenant(io, id, options, command));
}

async function createTenant(io: Io, id: string, options: TenantOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const input = await namingOptions(optionOf, () => parseInput(createTenantInput, { id, ...toInput(options) }));
  const created = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    keywright.tenants.create(platformOperator, input),
  );
  show(context, created, `Created the tenant ${created.id}.`);
}

async function updateTenant(io: Io, argument: string, options: TenantOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const id = readHostId('<id>', argument);
  const input = await namingOptions(optionOf, () => parseInput(updateTenantInput, toInput(options)));
  const changed = await withKeywright(context.config, { needsLiteLlm: false }, ({ keywright }) =>
    keywright.tenants.update(platformOperator, id, input),
  );
  show(context, changed, `Changed the tenant ${changed.id}: it is ${changed.isActive ? 'active' : 'not active'}.`);
}

/** What was not given is absent, which is not the same as null. */
function toInput(options: TenantOptions) {
  const text = (value: string) => value;
  const input = {
    name: clearable(options.name, text),
    isActive: given(options.active, (value) => readFlag('--active', value)),
    liteLlmTeamId: clearable(options.team, text),
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
