import { Caller } from './caller.ts';
import { isBefore, type LiteLlmProxy, type Peers } from './proxy.ts';
import type { Value } from './results.ts';

/** One assertion of the contract. */
export interface Fact {
  id: string;
  words: string;
  /** The first supported release for which the words hold; those before are checked for what they do instead. */
  since: string | undefined;
  check: (run: Run) => Promise<void>;
}

/** Facts that belong together. */
export interface Section {
  title: string;
  facts: readonly Fact[];
}

/** A fact that holds for every release, be it with another figure. */
export function fact(id: string, words: string, check: Fact['check']): Fact {
  return { id, words, since: undefined, check };
}

/** A fact that holds from a release on. */
export function factSince(since: string, id: string, words: string, check: Fact['check']): Fact {
  return { id, words, since, check };
}

/** Why a fact could not be checked. */
export class NotRun extends Error {}

/** One check of one fact: calls the proxy, and notes what the table of results has to show. */
export class Run extends Caller {
  readonly proxy: LiteLlmProxy;
  readonly values: Record<string, Value> = {};

  constructor(proxy: LiteLlmProxy) {
    super(proxy.url, proxy.masterKey);
    this.proxy = proxy;
  }

  /** What this release is expected to do: the entry of the newest release that is not after it. */
  expected<T>(entries: Readonly<Record<string, T>>): T {
    const inForce = Object.entries(entries).filter(([version]) => !isBefore(this.proxy.version, version));
    const newest = inForce.sort(([a], [b]) => (isBefore(a, b) ? -1 : 1)).at(-1);
    if (newest === undefined) throw new Error(`nothing is expected of ${this.proxy.version}`);
    return newest[1];
  }

  isBefore(version: string): boolean {
    return isBefore(this.proxy.version, version);
  }

  /** Notes a figure, a capability, or what an older release does instead. */
  record(name: string, value: Value): void {
    this.values[name] = value;
  }

  /** Waits until a check passes; how long that took, in milliseconds. */
  async eventually(check: () => Promise<void>, within = 30_000, pause = 500): Promise<number> {
    const started = this.proxy.now();
    for (;;) {
      try {
        await check();
        return this.proxy.now() - started;
      } catch (error) {
        if (this.proxy.now() - started > within) throw error;
        await this.proxy.wait(pause);
      }
    }
  }

  needsLicence(): void {
    if (!this.proxy.licensed) throw new NotRun('needs an Enterprise licence');
  }

  needsNoLicence(): void {
    if (this.proxy.licensed) throw new NotRun('is about a proxy without a licence');
  }

  get peers(): Peers {
    const { peers } = this.proxy;
    if (peers) return peers;
    if (process.env.CI && process.env.LITELLM_CONTRACT_URL) throw new Error(noPeers);
    throw new NotRun(noPeers);
  }
}

const noPeers =
  'needs a second proxy: run it through tools/with-litellm.mjs, or set LITELLM_WORK, LITELLM_VERSION, ' +
  'LITELLM_DATABASE_URL and FAKE_OPENAI_URL as that does';
