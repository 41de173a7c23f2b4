import { buildCatalogue, type Catalogue } from './models/catalogue.ts';
import { defaultModels, type StandInModel } from './models/model.ts';
import { type LiteLlmVersion, type Profile, profileFor } from './version/profile.ts';

/** How a stand-in is set up. Everything has a default. */
export interface StandInOptions {
  /** Key of the proxy's administrator; must start with `sk-`. Default: `sk-stand-in-master`. */
  masterKey?: string;
  /** Release whose answers are given. Default: `1.109.1`. */
  version?: LiteLlmVersion;
  /** Models that the proxy offers. Default: `defaultModels`. */
  models?: readonly StandInModel[];
  /** Clock for expiry, budgets and limits. Default: the system's. */
  now?: () => Date;
  /** Keeps keys, users and spend in this file, so that they outlive the process. Default: they do not. */
  stateFile?: string;
}

/** Options with every default filled in and checked. */
export interface ResolvedOptions {
  masterKey: string;
  profile: Profile;
  models: Catalogue;
  now: () => Date;
  stateFile: string | undefined;
}

/** @throws RangeError for a master key, version or price that cannot be used. */
export function resolveOptions(options: StandInOptions): ResolvedOptions {
  const masterKey = options.masterKey ?? 'sk-stand-in-master';
  if (!masterKey.startsWith('sk-')) throw new RangeError('the master key must start with "sk-"');
  return {
    masterKey,
    profile: profileFor(options.version ?? '1.109.1'),
    models: buildCatalogue(options.models ?? defaultModels),
    now: options.now ?? (() => new Date()),
    stateFile: options.stateFile,
  };
}
