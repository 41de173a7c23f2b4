import type { Command } from 'commander';
import { type CommandContext, commandContext, examples, show } from '../command-context.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkLiteLlm, type LiteLlmReport } from '../doctor/check-litellm.ts';
import { checkSettings } from '../doctor/check-settings.ts';
import { type DoctorFinding, error } from '../doctor/finding.ts';
import { countsOf, formatFindings, withoutSecrets, worstOf } from '../doctor/report.ts';
import { Attention, Failure, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

interface DoctorOptions {
  probe?: boolean;
}

export function addDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('compare schema, settings and LiteLLM with what Keywright needs, and say what to do')
    .option('--probe', 'also try on a blocked key and a user of its own what LiteLLM does, and delete both again')
    .addHelpText(
      'after',
      `${examples('keywright doctor', 'keywright doctor --probe --json')}
Nothing is changed, but for what --probe makes and deletes. What is down does not keep the rest from being checked.

Exit codes:
  0  no warnings and no errors           1  there are errors
  2  wrong usage or configuration        3  there are warnings, and no errors
`,
    )
    .action((options: DoctorOptions, command: Command) => examine(io, options, command));
}

async function examine(io: Io, { probe = false }: DoctorOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const { config } = context;
  if (!config.database && !config.litellm) {
    throw new UsageError(
      'DATABASE_URL: is missing, and so is LITELLM_BASE_URL; set both, so that there is what to check',
    );
  }
  const [database, litellm] = await Promise.all([checkDatabase(config), examineLiteLlm(context, probe)]);
  if (io.stop.aborted) throw new Failure('Stopped before the end.');
  const findings = withoutSecrets([...database, ...litellm.findings], config);
  const counts = countsOf(findings);
  const worst = worstOf(findings);
  show(context, { worst, counts, findings, capabilities: litellm.capabilities }, formatFindings(findings));
  // the findings say it all
  if (worst === 'error') throw new Failure('');
  if (worst === 'warning') throw new Attention('');
}

async function examineLiteLlm({ config, io }: CommandContext, probe: boolean): Promise<LiteLlmReport> {
  const { litellm } = config;
  if (!litellm) return { findings: [missingLiteLlm], capabilities: null };
  const report = await checkLiteLlm({ ...config, litellm }, { probe, signal: io.stop });
  return { ...report, findings: [...checkSettings(litellm), ...report.findings] };
}

const missingLiteLlm: DoctorFinding = error(
  'litellm.settings',
  'LITELLM_BASE_URL is missing: LiteLLM was not checked',
  'set LITELLM_BASE_URL and LITELLM_MASTER_KEY',
);
