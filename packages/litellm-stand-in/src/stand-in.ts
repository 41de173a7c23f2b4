import { AuthCache } from './auth/auth-cache.ts';
import { type SeenCall, seenCall } from './calls.ts';
import type { Clock } from './clock.ts';
import { isControlPath } from './control/control-path.ts';
import { ControlRoutes } from './control/control-routes.ts';
import { Database } from './database/database.ts';
import { connectionDropped, connectionRefused } from './faults/connection-errors.ts';
import { FaultBoard, type FaultControl } from './faults/fault-control.ts';
import { dispatch, type Incoming } from './http/dispatch.ts';
import { Limiter } from './limits/limiter.ts';
import { Tally } from './limits/tally.ts';
import { Cooldowns } from './models/cooldowns.ts';
import { type ResolvedOptions, resolveOptions, type StandInOptions } from './options.ts';
import type { LiteLlmProxy, UpstreamCall } from './proxy.ts';
import { hashSecret } from './secrets.ts';
import { type SeedKey, seedKeys } from './seed-keys.ts';
import { keySnapshot, type StoredKey, type StoredUser, userSnapshot } from './snapshots.ts';
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
  /** How many keys exist now. */
  readonly keyCount: number;
  /** Users that exist now, oldest first. */
  users(): StoredUser[];
  /**
   * Puts keys into the database without a request, 100,000 in about a second.
   *
   * @throws RangeError for a token that is no SHA-256 in hex or is there already; nothing is stored then.
   */
  seedKeys(keys: readonly SeedKey[]): void;
  /** The time by which expiry, budgets, limits and faults go. */
  now(): Date;
  /** Moves that time forward by milliseconds, for every proxy that shares the clock. */
  advance(ms: number): void;
  /** Cuts this proxy from its database until `restoreDatabase()`; others on it go on. */
  cutDatabase(): void;
  restoreDatabase(): void;
  /** Refuses every connection, and drops those that are open, until `up()`. */
  down(): void;
  up(): void;
  /** Calls back at every `down()`; servers use it to cut open sockets. Returns what ends it. */
  onDown(listener: () => void): () => void;
  /**
   * Forgets everything: what is in the database (unless it is another proxy's), counts, calls, faults, and that it was
   * down or cut. Drops what is being answered. The clock goes on.
   */
  reset(): void;
}

/** What a proxy keeps of its own, beside its database. */
function newProxy(standIn: StandIn, options: ResolvedOptions, stopping: () => AbortSignal): LiteLlmProxy {
  const { masterKey, profile, models, clock, cooldowns } = options;
  return {
    profile,
    models,
    clock,
    now: () => clock.now(),
    stopping,
    masterKeyHash: hashSecret(masterKey),
    get state() {
      return databaseOf(standIn).state;
    },
    get database() {
      return standIn.database;
    },
    authCache: new AuthCache(),
    limiter: new Limiter(),
    reserved: new Tally(),
    unwritten: new Tally(),
    cooldowns: new Cooldowns(cooldowns),
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

/** Databases and clocks by stand-in, for those that share them. */
const databases = new WeakMap<LiteLlmStandIn, Database>();
const clocks = new WeakMap<LiteLlmStandIn, Clock>();

function databaseOf(standIn: LiteLlmStandIn): Database {
  const database = databases.get(standIn);
  if (!database) throw new RangeError('the option "database" takes a stand-in of this package, or null for none');
  return database;
}

class StandIn implements LiteLlmStandIn {
  readonly masterKey: string;
  readonly faults: FaultBoard;
  readonly #options: ResolvedOptions;
  readonly #control = new ControlRoutes(this);
  readonly #downListeners = new Set<() => void>();
  #lifetime = new AbortController();
  #proxy: LiteLlmProxy;
  #calls: SeenCall[] = [];
  #isDown = false;
  #isCut = false;

  constructor(options: ResolvedOptions) {
    const { clock, database, stateFile } = options;
    this.masterKey = options.masterKey;
    this.#options = options;
    databases.set(this, database ? databaseOf(database) : new Database(stateFile));
    clocks.set(this, clock);
    this.faults = new FaultBoard({ wait: (ms) => clock.wait(ms), random: options.random });
    this.#proxy = newProxy(this, options, () => this.#lifetime.signal);
  }

  get database(): LiteLlmProxy['database'] {
    if (this.#options.database === null) return 'none';
    return this.#isCut ? 'cut' : 'connected';
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
    // The body is read before anything else, so that a client that leaves early does not change what was sent.
    const incoming = await readIncoming(request);
    if (isControlPath(incoming.path)) return this.#control.handle(incoming);
    if (this.#isDown) throw connectionRefused();
    const seen = seenCall(incoming, this.#proxy.now());
    this.#calls.push(seen);
    const proxy = this.#proxy;
    const work = this.faults.run(incoming.method, incoming.path, async (misbehaviour) => {
      const answer = await dispatch(proxy, incoming, misbehaviour);
      if (incoming.method !== 'GET') databaseOf(this).keep(); // before the answer: what was answered is not forgotten
      return answer;
    });
    const answer = await unlessAborted(work, AbortSignal.any([request.signal, this.#lifetime.signal]));
    seen.status = answer.status;
    return answer;
  }

  keys(): StoredKey[] {
    return [...this.#proxy.state.keys.values()].map(keySnapshot);
  }

  get keyCount(): number {
    return this.#proxy.state.keys.size;
  }

  seedKeys(keys: readonly SeedKey[]): void {
    seedKeys(this.#proxy.state, keys, this.now());
    databaseOf(this).keep();
  }

  now(): Date {
    return this.#options.clock.now();
  }

  advance(ms: number): void {
    this.#options.clock.advance(ms);
  }

  cutDatabase(): void {
    this.#isCut = true;
  }

  restoreDatabase(): void {
    this.#isCut = false;
  }

  users(): StoredUser[] {
    return [...this.#proxy.state.users.values()].map(userSnapshot);
  }

  down(): void {
    this.#isDown = true;
    this.#stop();
    databaseOf(this).keep(); // what streams have cost since
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
    this.#isCut = false;
    this.#calls = [];
    if (!this.#options.database) databaseOf(this).empty();
    this.#proxy = newProxy(this, this.#options, () => this.#lifetime.signal);
  }

  #stop(): void {
    this.#lifetime.abort(connectionDropped());
    this.#lifetime = new AbortController();
  }
}

/**
 * Creates a stand-in.
 *
 * @throws RangeError for a master key, version, price, database or state file that cannot be used.
 */
export function createLiteLlmStandIn(options: StandInOptions = {}): LiteLlmStandIn {
  const shared = options.database ? clocks.get(options.database) : undefined;
  return new StandIn(resolveOptions(options, shared));
}
