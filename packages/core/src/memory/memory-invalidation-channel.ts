import type { InvalidationChannel, InvalidationListener } from '@keywright/core';

export interface MemoryInvalidationChannel extends InvalidationChannel {
  /** Plays a connection that was lost and is there again: every listener hears of a gap. */
  interrupt(): void;
}

/**
 * A channel within one process, to be shared by several keywrights: for tests of many nodes. Loses nothing, and tells
 * every listener before `publish` resolves.
 */
export function createMemoryInvalidationChannel(): MemoryInvalidationChannel {
  const listeners = new Set<InvalidationListener>();
  return {
    async publish(change) {
      for (const listener of listeners) listener.onInvalidation(structuredClone(change));
    },
    async listen(given) {
      const listener: InvalidationListener = {
        onInvalidation: (change) => given.onInvalidation(change),
        onGap: () => given.onGap(),
      };
      listeners.add(listener); // one that listens twice hears everything twice, and ends each by itself
      return async () => {
        listeners.delete(listener);
      };
    },
    interrupt() {
      for (const listener of listeners) listener.onGap();
    },
  };
}
