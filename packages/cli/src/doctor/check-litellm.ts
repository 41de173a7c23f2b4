import {
  type Capabilities,
  createLiteLlmClient,
  type LiteLlmClient,
  LiteLlmError,
  readCapabilities,
} from '@keywright/litellm-client';
import type { Config } from '../config.ts';
import { checkOpenKeys } from './check-open-keys.ts';
import { checkRoutes } from './check-routes.ts';
import { checkVersion } from './check-version.ts';
import { type DoctorFinding, error, guarded, info, messageOf, ok } from './finding.ts';

export interface LiteLlmReport {
  findings: DoctorFinding[];
  /** Null: could not be read. */
  capabilities: Capabilities | null;
}

interface Place {
  client: LiteLlmClient;
  /** The same, for what may take long. */
  patient: LiteLlmClient;
  baseUrl: string;
  namespace: string;
  signal: AbortSignal;
}

const timeoutMs = 10_000;
/** LiteLLM puts /openapi.json together when it is first asked for, which takes it long. */
const contractTimeoutMs = 30_000;

/** Asks LiteLLM. Changes nothing there unless `probe` is set, and takes that away again. */
export async function checkLiteLlm(
  { litellm, namespace = 'keywright' }: Config & { litellm: NonNullable<Config['litellm']> },
  { probe, signal }: { probe: boolean; signal: AbortSignal },
): Promise<LiteLlmReport> {
  const client = createLiteLlmClient({ ...litellm, timeoutMs, retries: 1, breaker: null });
  const patient = createLiteLlmClient({ ...litellm, timeoutMs: contractTimeoutMs, retries: 1, breaker: null });
  const place = { client, patient, baseUrl: litellm.baseUrl, namespace, signal };
  try {
    await client.health.liveliness(signal);
  } catch (cause) {
    const remedy = 'look whether LiteLLM runs, and whether LITELLM_BASE_URL is right';
    return { findings: [error('litellm.reachable', messageOf(cause), remedy)], capabilities: null };
  }
  const reachable = ok('litellm.reachable', 'LiteLLM answers');
  const [database, open, key] = await Promise.all([
    guarded('litellm.database', () => checkDatabase(place)),
    guarded('litellm.authentication', () => checkAuthentication(place)),
    checkMasterKey(place),
  ]);
  const findings = [reachable, ...database, ...open, key];
  if (key.severity !== 'ok') {
    // what remains can be told without a key
    const version = await guarded('litellm.version', async () => [checkVersion(await versionOf(place), false)]);
    return { findings: [...findings, ...version], capabilities: null };
  }
  const read = await checkCapabilities(place, probe);
  const keys = await guarded('litellm.open-keys', () => checkOpenKeys(client, namespace, signal));
  return { findings: [...findings, ...read.findings, ...keys], capabilities: read.capabilities };
}

async function checkDatabase({ client, signal }: Place): Promise<DoctorFinding[]> {
  const { db } = await client.health.readiness(signal);
  if (db === 'connected') return [ok('litellm.database', 'LiteLLM reaches its database')];
  const remedy = "give LiteLLM a DATABASE_URL of its own, and look at LiteLLM's log";
  return [error('litellm.database', 'LiteLLM has no connection to its database: it can hold no keys', remedy)];
}

/** A LiteLLM without a master key answers everybody. */
async function checkAuthentication({ baseUrl, signal }: Place): Promise<DoctorFinding[]> {
  const check = 'litellm.authentication';
  const url = `${baseUrl.replace(/\/+$/, '')}/v1/models`;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(url, { redirect: 'manual', signal: deadline });
  await answer.body?.cancel();
  if (answer.status !== 200) return [ok(check, `LiteLLM refuses a call without a key (${answer.status})`)];
  const remedy = 'set LITELLM_MASTER_KEY in LiteLLM itself, and let nobody reach it until then';
  return [error(check, 'LiteLLM answers calls without any key: everybody who reaches it may use it', remedy)];
}

async function checkMasterKey({ client, signal }: Place): Promise<DoctorFinding> {
  const check = 'litellm.master-key';
  try {
    await client.keys.list({ size: 1 }, signal);
    return ok(check, 'LiteLLM takes the master key');
  } catch (cause) {
    const isRefused = cause instanceof LiteLlmError && cause.reason === 'master_key_refused';
    const remedy = isRefused
      ? "set LITELLM_MASTER_KEY to LiteLLM's own master key"
      : "look at LiteLLM's log, and run keywright doctor again";
    return error(check, messageOf(cause), remedy);
  }
}

async function versionOf({ patient, signal }: Place): Promise<string | null> {
  try {
    return await patient.health.version(signal);
  } catch (cause) {
    if (cause instanceof LiteLlmError && cause.reason === 'no_route') return null;
    throw cause;
  }
}

async function checkCapabilities({ patient, signal }: Place, probe: boolean): Promise<LiteLlmReport> {
  const check = 'litellm.capabilities';
  try {
    const capabilities = await readCapabilities(patient, { probe, signal });
    return { findings: describe(capabilities), capabilities };
  } catch (cause) {
    const remedy = "look at LiteLLM's log, and run keywright doctor again";
    return { findings: [error(check, `could not be read: ${messageOf(cause)}`, remedy)], capabilities: null };
  }
}

function describe(capabilities: Capabilities): DoctorFinding[] {
  const { version, tried, missingRoutes, customKeysDisabled, can, probed } = capabilities;
  const named = (answer: boolean | null) =>
    Object.entries(can).flatMap(([name, does]) => (does === answer ? [name] : []));
  const answers = { yes: named(true), no: named(false), 'not known': named(null), probed };
  const what = Object.entries(answers).flatMap(([answer, names]) =>
    names.length > 0 ? [`${answer}: ${names.join(', ')}`] : [],
  );
  const isProbeWorthIt = answers['not known'].length > 0 && probed.length === 0;
  return [
    checkVersion(version, tried),
    ...checkRoutes(missingRoutes),
    describeCustomKeys(customKeysDisabled),
    info('litellm.capabilities', what.join('; '), isProbeWorthIt ? probeIt : null),
  ];
}

const probeIt = 'keywright doctor --probe finds out, with a key and a user that it deletes again';

function describeCustomKeys(isDisabled: boolean | null): DoctorFinding {
  const check = 'litellm.custom-keys';
  if (isDisabled === false) return ok(check, 'LiteLLM takes keys with a secret of our choice');
  if (isDisabled === null)
    return info(check, 'whether LiteLLM takes keys with a secret of our choice is not known', probeIt);
  const remedy = 'take disable_custom_api_keys out of its settings';
  return error(check, 'LiteLLM refuses keys with a secret of our choice: none can be created or rotated', remedy);
}
