import type { MisbehaviourKind } from './misbehaviour.ts';

/** What every fault has. */
interface FaultOptions {
  /**
   * Which requests: `POST /key/generate`, where `*` stands for any text, or a pattern for `METHOD /path`. A leading
   * `/v1` of the path is ignored in texts.
   */
  route: string | RegExp;
  /** How many requests; `Infinity` for all until it is removed. Default: 1. */
  times?: number;
  /** How many requests that fit go through before. Default: 0. */
  skip?: number;
  /** Share of the requests that it meets, 0 to 1; the others go through and do not count. Default: 1. */
  probability?: number;
}

/** What ends the wait of a fault beside its handle's `release()`. */
interface Held {
  /** Releases the fault when it settles. */
  until?: Promise<unknown>;
  /** Releases each request after that many milliseconds of the stand-in's clock. */
  afterMs?: number;
}

/** Answers an error before anything is done. */
export interface StatusFault extends FaultOptions {
  kind: 'status';
  status: number;
  /** JSON body. Default: LiteLLM's error envelope of type `internal_server_error`. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Breaks the connection: `drop` after the work is done, `drop-before` without doing it. */
export interface DropFault extends FaultOptions {
  kind: 'drop' | 'drop-before';
}

/**
 * Keeps the client waiting. `hang`: nothing is done, and the release breaks the connection. `late-commit`: the work is
 * done at the release, even if the client has left, and is never answered. `slow`: the work is done at once and
 * answered at the release.
 */
export interface HeldFault extends FaultOptions, Held {
  kind: 'hang' | 'late-commit' | 'slow';
}

/** Waits before the work, in real milliseconds. */
export interface LatencyFault extends FaultOptions {
  kind: 'latency';
  ms: number;
}

/** Breaks the connection in the middle of the answer, after that many events of a stream or pieces of a body. */
export interface CutFault extends FaultOptions {
  kind: 'cut';
  /** Default: 1. */
  after?: number;
}

/** Answers a list as if it were empty: every array at the top is, and its counts are 0. */
export interface EmptyListFault extends FaultOptions {
  kind: 'empty-list';
}

/**
 * Does the work wrongly. `alias-race`: an alias that is taken is not noticed. `duplicate-key-error`: a secret that
 * exists is 400. `duplicate-key-upsert`: 200, and nothing is stored. `partial-delete`: only the first half of the keys
 * goes, and the answer names all. `stale-auth`: what the proxy remembers of the key survives the change, for up to a
 * minute. `late-spend`: limits count the cost at once, rows and logs show it after the release.
 */
export interface MisbehaviourFault extends FaultOptions, Held {
  kind: MisbehaviourKind;
}

/** A fault to add. */
export type Fault = StatusFault | DropFault | HeldFault | LatencyFault | CutFault | EmptyListFault | MisbehaviourFault;

/** A fault that was added. */
export interface FaultHandle {
  /** Requests that it has met. */
  readonly hits: number;
  /** Resolves when it first meets a request. Never resolves if it meets none. */
  readonly reached: Promise<void>;
  /** Ends the wait of every held request, now and later; resolves when the work of those held now is done. */
  release(): Promise<void>;
  /** Meets no further request; requests that it holds stay held. */
  remove(): void;
}

/** Whether a fault is meant for a request. */
export function meets({ route }: Fault, method: string, path: string): boolean {
  if (route instanceof RegExp)
    return new RegExp(route.source, route.flags.replace(/[gy]/g, '')).test(`${method} ${path}`);
  const plain = (text: string) => text.replace(/^(\S+ )\/v1\//, '$1/');
  const pattern = plain(route)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${pattern}$`).test(plain(`${method} ${path}`));
}
