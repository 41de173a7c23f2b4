/** A LiteLLM proxy that the contract is checked against. Its models are those of tools/litellm-live/config.yaml. */
export interface LiteLlmProxy {
  url: string;
  masterKey: string;
  /** Release, such as `1.109.1`. */
  version: string;
  /** Whether it has an Enterprise licence. */
  licensed: boolean;
  /** Milliseconds on the clock that the proxy goes by. */
  now(): number;
  /** Lets that many milliseconds pass on that clock. */
  wait(ms: number): Promise<void>;
  /** How many calls, with this `user` at least, reached the provider; undefined where nobody can tell. */
  upstreamCalls(user: string): Promise<number | undefined>;
  /** Further proxies; undefined where none can be started. */
  peers: Peers | undefined;
}

export interface Peers {
  /** Gives the test a second proxy on the same database, with cooldowns, for itself alone. */
  beside<T>(use: (peer: Beside) => Promise<T>): Promise<T>;
  /** Base URL of a proxy that has no database. */
  withoutDatabase(): Promise<string>;
}

export interface Beside {
  url: string;
  /** Ends its connections to the database and refuses new ones. */
  cutDatabase(): void;
  restoreDatabase(): void;
}

/** Whether release `a` came before release `b`. */
export function isBefore(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const [index, part] of (right ?? []).entries()) {
    const difference = (left?.[index] ?? 0) - part;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
