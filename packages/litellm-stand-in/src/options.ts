import { Clock } from './clock.ts';
import { buildCatalogue, type Catalogue } from './models/catalogue.ts';
import { defaultModels, type StandInModel } from './models/model.ts';
import type { LiteLlmStandIn } from './stand-in.ts';
import { type LiteLlmVersion, type Profile, profileFor } from './version/profile.ts';

/** How a stand-in is set up. Everything has a default. */
export interface StandInOptions {
  /** Key of the proxy's administrator; must start with `sk-`. Default: `sk-stand-in-master`. */
  masterKey?: string;
  /** Release whose answers are given. Default: `1.109.1`. */
  version?: LiteLlmVersion;
  /** Models that the proxy offers. Default: `defaultModels`. */
  models?: readonly StandInModel[];
  /** Clock for expiry, budgets, limits and faults, to which `advance` adds. Default: the system's, or that of `database`. */
  now?: () => Date;
  /** Keeps the database in this file, so that it outlives the process. Default: it does not. */
  stateFile?: string;
  /**
   * Another stand-in whose database this one works on, with its own counts and its own memory of keys; null for a proxy
   * without a database. Default: a database of its own.
   */
  database?: LiteLlmStandIn | null;
  /** Whether deployments that fail are left alone for 5 s, where a model has several. Default: no. */
  cooldowns?: boolean;
  /** 0 to below 1, for faults with a probability. Default: `Math.random`. */
  random?: () => number;
}

/** Options with every default filled in and checked. */
export interface ResolvedOptions {
  masterKey: string;
  profile: Profile;
  models: Catalogue;
  clock: Clock;
  stateFile: string | undefined;
  database: LiteLlmStandIn | null | undefined;
  cooldowns: boolean;
  random: () => number;
}

/**
 * @param shared clock of the stand-in whose database is used.
 * @throws RangeError for a master key, version or price that cannot be used.
 */
export function resolveOptions(options: StandInOptions, shared: Clock | undefined): ResolvedOptions {
  const masterKey = options.masterKey ?? 'sk-stand-in-master';
  if (!masterKey.startsWith('sk-')) throw new RangeError('the master key must start with "sk-"');
  return {
    masterKey,
    profile: profileFor(options.version ?? '1.109.1'),
    models: buildCatalogue(options.models ?? defaultModels),
    clock: (options.now === undefined && shared) || new Clock(options.now ?? (() => new Date())),
    stateFile: options.stateFile,
    database: options.database,
    cooldowns: options.cooldowns ?? false,
    random: options.random ?? Math.random,
  };
}
