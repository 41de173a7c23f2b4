import type { Actor, Keywright, Logger } from '@keywright/core';
import type { MetricsText } from './route.ts';
import type { Prefixes } from './routing/prefixes.ts';

/**
 * What the host says once.
 *
 * @typeParam Native the request of the framework that the API is mounted on: Express's, or a web `Request`
 */
export interface HttpApiOptions<Native = unknown> {
  keywright: Keywright;
  /**
   * Who performs a management call, from the host's own sign-in; null: nobody, answered with 401. Asked once per call,
   * and never for calls with an API key.
   */
  authenticate: (request: Native) => Actor | null | Promise<Actor | null>;
  /**
   * The caller's address, which goes into the audit log and is held against the IP allow-lists of keys. Default: what
   * the mount knows. Read a forwarded header only if every request comes through a proxy that sets it.
   */
  ip?: (request: Native) => string | undefined;
  /** Text of `GET /metrics`. Default: that route is 404. */
  metrics?: () => Promise<MetricsText>;
  /** What `GET /metrics` must be asked with, as a bearer token. Default: nothing, so keep the route off the internet. */
  metricsToken?: string;
  /** Where each group of routes is served. */
  prefixes?: Prefixes;
  /** Longest body of a management call, in bytes. Default 1 MiB. Does not bind what the host's own parser has read. */
  bodyLimitBytes?: number;
  /** Longest body of a call to a model, in bytes. Default 10 MiB. */
  dataPlaneBodyLimitBytes?: number;
  /** Default: nothing is written. */
  logger?: Logger;
}
