import type { AuthCache } from './auth/auth-cache.ts';
import type { Clock } from './clock.ts';
import type { Limiter } from './limits/limiter.ts';
import type { Tally } from './limits/tally.ts';
import type { Catalogue } from './models/catalogue.ts';
import type { Cooldowns } from './models/cooldowns.ts';
import type { State } from './state.ts';
import type { Profile } from './version/profile.ts';

/** One call that got past the proxy and reached the (pretended) provider. */
export interface UpstreamCall {
  model: string;
  stream: boolean;
  at: Date;
}

/** What every route works on. */
export interface LiteLlmProxy {
  profile: Profile;
  /** SHA-256 of the master key, in hex. */
  masterKeyHash: string;
  models: Catalogue;
  /** Shared with other proxies on the same database. */
  readonly state: State;
  /** What this proxy can do with its database: it may have lost it, or never had one. */
  readonly database: 'connected' | 'cut' | 'none';
  /** Keys as this proxy last read them; other proxies on the database do not touch it. */
  authCache: AuthCache;
  limiter: Limiter;
  /** Nano-USD that running calls hold of budgets. */
  reserved: Tally;
  /** Nano-USD that was spent and is not in the database yet. */
  unwritten: Tally;
  cooldowns: Cooldowns;
  upstreamCalls: UpstreamCall[];
  clock: Clock;
  now(): Date;
  /** Aborts when the stand-in is reset or closed, so that no pretended delay outlives it. */
  stopping(): AbortSignal;
}
