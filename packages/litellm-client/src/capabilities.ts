import type { LiteLlmClient } from './client.ts';
import { LiteLlmError, type LiteLlmErrorReason } from './errors/litellm-error.ts';
import { type Observed, probe } from './probe.ts';
import { routes } from './routes.ts';
import { type CapabilityName, capabilityNames, factOf, triedVersions } from './version-facts.ts';

export type { CapabilityName } from './version-facts.ts';

/** What a LiteLLM can do. Null: not known. */
export interface Capabilities {
  /** Null when /openapi.json is switched off (`NO_OPENAPI`): then only what was probed is known. */
  version: string | null;
  /** Whether our contract was run on this very version. */
  tried: boolean;
  /** Routes of this client that LiteLLM does not list. */
  missingRoutes: string[] | null;
  /** Whether keys with a secret of our choice are refused. */
  customKeysDisabled: boolean | null;
  /** What the version is known to do, and what the probe saw, which weighs more. */
  can: Record<CapabilityName, boolean | null>;
  /** What was probed. */
  probed: CapabilityName[];
}

export interface ReadCapabilitiesOptions {
  /**
   * Makes a blocked key without models and a user, looks at what LiteLLM does with them, and deletes both again.
   * @default false
   */
  probe?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Reads what a LiteLLM can do from its version, its list of routes and its settings; nothing is changed there unless
 * `probe` is set.
 *
 * @throws LiteLlmError when LiteLLM cannot be read, or when what the probe made could not be deleted
 */
export async function readCapabilities(
  client: LiteLlmClient,
  { probe: probing = false, signal }: ReadCapabilitiesOptions = {},
): Promise<Capabilities> {
  const contract = await unless(['no_route'], client.health.contract(signal));
  const told = await unless(['no_route', 'refused'], client.health.customKeysDisabled(signal));
  const version = contract?.version ?? null;
  const observed: Observed = probing ? await probe(client, signal) : { customKeysDisabled: null, facts: {} };
  const can = capabilityNames.map(
    (name) => [name, observed.facts[name] ?? (version && factOf(name, version))] as const,
  );
  return {
    version,
    tried: version !== null && triedVersions.includes(version),
    missingRoutes: contract ? routes.filter((route) => !contract.routes.has(route)) : null,
    // the settings of the dashboard are not the only place to forbid them, so that their "no" proves nothing
    customKeysDisabled: observed.customKeysDisabled ?? (told === true ? true : null),
    can: Object.fromEntries(can) as Record<CapabilityName, boolean | null>, // `can` has every name
    probed: capabilityNames.filter((name) => observed.facts[name] !== undefined),
  };
}

/** Undefined when LiteLLM gives one of these reasons. */
async function unless<T>(reasons: LiteLlmErrorReason[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LiteLlmError && reasons.includes(error.reason)) return undefined;
    throw error;
  }
}
