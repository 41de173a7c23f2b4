import type { Reservations } from './limits/budgets.ts';
import type { Limiter } from './limits/limiter.ts';
import type { Catalogue } from './models/catalogue.ts';
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
  state: State;
  limiter: Limiter;
  reservations: Reservations;
  upstreamCalls: UpstreamCall[];
  now(): Date;
  /** Aborts when the stand-in is reset or closed, so that no pretended delay outlives it. */
  stopping(): AbortSignal;
}
