import type { Clock } from '@keywright/core';
import type { MemoryState } from './memory-state.ts';

/** How a store gets at the state: one call at a time, each whole or not at all. */
export interface MemoryAccess {
  clock: Clock;
  /** Results are copies: what a caller does to them changes nothing here. */
  run<T>(work: (state: MemoryState) => T): Promise<T>;
}

/** Lets one caller in at a time, in the order of arrival. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

function atomically<T>(state: MemoryState, work: (state: MemoryState) => T): T {
  return structuredClone(work(state));
}

/** For calls outside a transaction: they wait until no transaction is open. */
export function sharedAccess(state: MemoryState, clock: Clock, mutex: Mutex): MemoryAccess {
  return { clock, run: (work) => mutex.run(() => atomically(state, work)) };
}

/** For calls within a transaction, which holds the mutex already. `end` is called when the transaction is over. */
export function transactionAccess(state: MemoryState, clock: Clock): { access: MemoryAccess; end: () => void } {
  let isOver = false;
  const access: MemoryAccess = {
    clock,
    async run(work) {
      if (isOver) throw new Error('The transaction is over: a call in it was not awaited.');
      return atomically(state, work);
    },
  };
  const end = () => {
    isOver = true;
  };
  return { access, end };
}
