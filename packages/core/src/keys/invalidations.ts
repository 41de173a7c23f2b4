import type { Background } from '../background.ts';
import type { Invalidation, InvalidationChannel } from './invalidation.ts';
import type { VerifyCache } from './verify-cache.ts';

/** Makes a committed change known: to this node's cache at once, to the other nodes' through the channel. */
export class Invalidations {
  readonly #cache: VerifyCache;
  readonly #channel: InvalidationChannel | undefined;
  readonly #background: Background;

  constructor(parts: { cache: VerifyCache; channel?: InvalidationChannel | undefined; background: Background }) {
    this.#cache = parts.cache;
    this.#channel = parts.channel;
    this.#background = parts.background;
  }

  /** No caller waits for the other nodes: a message that is lost costs them the cache's time-to-live. */
  announce(change: Invalidation): void {
    this.#cache.invalidate(change);
    const channel = this.#channel;
    if (channel) this.#background.run('Telling the other nodes of a change', () => channel.publish(change));
  }

  /** A secret came to be that this node may remember as unknown. No other node was ever shown it. */
  announceSecret(keyHash: string): void {
    this.#cache.invalidate({ of: 'secret', keyHash });
  }

  /** Hears what other nodes announce, until the returned function is called. */
  async listen(): Promise<() => Promise<void>> {
    const cache = this.#cache;
    const stop = await this.#channel?.listen({
      onInvalidation: (change) => cache.invalidate(change),
      onGap: () => cache.clear(),
    });
    return stop ?? (async () => {});
  }
}
