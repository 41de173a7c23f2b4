import { type SeenCall, seenCall } from './calls.ts';
import { connectionDropped, connectionRefused } from './faults/connection-errors.ts';
import { FaultBoard, type FaultControl } from './faults/fault-control.ts';
import { dispatch, type Incoming } from './http/dispatch.ts';
import { Limiter } from './limits/limiter.ts';
import { type ResolvedOptions, resolveOptions, type StandInOptions } from './options.ts';
import type { LiteLlmProxy, UpstreamCall } from './proxy.ts';
import { hashSecret } from './secrets.ts';
import { keySnapshot, type StoredKey, type StoredUser, userSnapshot } from './snapshots.ts';
import { emptyState } from './state.ts';
import { readStateFile, writeStateFile } from './state-file.ts';
import type { LiteLlmVersion } from './version/profile.ts';

/** A LiteLLM proxy without a network: give it requests, look into it, and let it fail. */
export interface LiteLlmStandIn {
  readonly version: LiteLlmVersion;
  readonly masterKey: string;
  /** Whether `down()` was called last. */
  readonly isDown: boolean;
  /** Requests in the order in which they came; those that met a stand-in that was down are not among them. */
  readonly calls: readonly SeenCall[];
  /** Model calls that passed every check and went to the pretended provider. */
  readonly upstreamCalls: readonly UpstreamCall[];
  readonly faults: FaultControl;
  /**
   * Answers a request. Rejects like fetch: with a TypeError when the connection is dropped or refused, with the reason
   * of the request's signal when that aborts first (the work goes on).
   */
  handle(request: Request): Promise<Response>;
  /** Keys that exist now, oldest first. */
  keys(): StoredKey[];
  /** Users that exist now, oldest first. */
  users(): StoredUser[];
  /** Refuses every connection, and drops those that are open, until `up()`. */
  down(): void;
  up(): void;
  /** Calls back at every `down()`; servers use it to cut open sockets. Returns what ends it. */
  onDown(listener: () => void): () => void;
  /** Forgets everything: keys, users, counts, calls, faults, and that it was down. Drops what is being answered. */
  reset(): void;
}

function newProxy(options: ResolvedOptions, stopping: () => AbortSignal, state = emptyState()): LiteLlmProxy {
  const { masterKey, profile, models, now } = options;
  return {
    profile,
    models,
    now,
    stopping,
    masterKeyHash: hashSecret(masterKey),
    state,
    limiter: new Limiter(),
    reservations: new Map(),
    upstreamCalls: [],
  };
}

async function readIncoming(request: Request): Promise<Incoming> {
  const url = new URL(request.url);
  const { method, headers, signal } = request;
  return { method, path: url.pathname, query: url.searchParams, headers, text: await request.text(), signal };
}

/** Settles like `work`, unless a signal aborts first: then rejects with its reason. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

class StandIn implements LiteLlmStandIn {
  readonly masterKey: string;
  readonly faults = new FaultBoard();
  readonly #options: ResolvedOptions;
  readonly #downListeners = new Set<() => void>();
  #lifetime = new AbortController();
  #proxy: LiteLlmProxy;
  #calls: SeenCall[] = [];
  #isDown = false;

  constructor(options: ResolvedOptions) {
    this.masterKey = options.masterKey;
    this.#options = options;
    const kept = options.stateFile === undefined ? emptyState() : readStateFile(options.stateFile);
    this.#proxy = newProxy(options, () => this.#lifetime.signal, kept);
  }

  get version(): LiteLlmVersion {
    return this.#options.profile.version;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get calls(): readonly SeenCall[] {
    return this.#calls;
  }

  get upstreamCalls(): readonly UpstreamCall[] {
    return this.#proxy.upstreamCalls;
  }

  async handle(request: Request): Promise<Response> {
    if (this.#isDown) throw connectionRefused();
    // The body is read before anything else, so that a client that leaves early does not change what was sent.
    const incoming = await readIncoming(request);
    const seen = seenCall(incoming, this.#proxy.now());
    this.#calls.push(seen);
    const proxy = this.#proxy;
    const work = this.faults.run(incoming.method, incoming.path, async () => {
      const answer = await dispatch(proxy, incoming);
      if (incoming.method !== 'GET') this.#keep(); // before the answer: what was answered is not forgotten
      return answer;
    });
    const answer = await unlessAborted(work, AbortSignal.any([request.signal, this.#lifetime.signal]));
    seen.status = answer.status;
    return answer;
  }

  keys(): StoredKey[] {
    return [...this.#proxy.state.keys.values()].map(keySnapshot);
  }

  users(): StoredUser[] {
    return [...this.#proxy.state.users.values()].map(userSnapshot);
  }

  down(): void {
    this.#isDown = true;
    this.#stop();
    this.#keep(); // what streams have cost since
    for (const listener of this.#downListeners) listener();
  }

  up(): void {
    this.#isDown = false;
  }

  onDown(listener: () => void): () => void {
    this.#downListeners.add(listener);
    return () => void this.#downListeners.delete(listener);
  }

  reset(): void {
    this.#stop();
    this.faults.clear();
    this.#isDown = false;
    this.#calls = [];
    this.#proxy = newProxy(this.#options, () => this.#lifetime.signal);
    this.#keep();
  }

  #keep(): void {
    if (this.#options.stateFile !== undefined) writeStateFile(this.#options.stateFile, this.#proxy.state);
  }

  #stop(): void {
    this.#lifetime.abort(connectionDropped());
    this.#lifetime = new AbortController();
  }
}

/**
 * Creates a stand-in.
 *
 * @throws RangeError for a master key, version, price or state file that cannot be used.
 */
export function createLiteLlmStandIn(options: StandInOptions = {}): LiteLlmStandIn {
  return new StandIn(resolveOptions(options));
}
