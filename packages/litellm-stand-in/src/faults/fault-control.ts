import { ActiveFault, type FaultWorld, type Work } from './active-fault.ts';
import { type Fault, type FaultHandle, meets } from './fault.ts';

/** Switches faults on and off while tests run. */
export interface FaultControl {
  /** Adds a fault. Faults are tried in the order in which they were added; the first that fits happens. */
  add(fault: Fault): FaultHandle;
  /** Removes every fault and breaks the connections that they hold, without doing their work. */
  clear(): void;
}

/** The faults of one stand-in. */
export class FaultBoard implements FaultControl {
  readonly #faults = new Set<ActiveFault>();
  readonly #world: FaultWorld;

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  add(fault: Fault): FaultHandle {
    const active = new ActiveFault(fault, this.#world);
    this.#faults.add(active);
    return active;
  }

  clear(): void {
    for (const fault of this.#faults) fault.abandon();
    this.#faults.clear();
  }

  /** Answers a request: with the fault that is meant for it, or with its work. */
  run(method: string, path: string, work: Work): Promise<Response> {
    for (const fault of this.#faults) {
      if (!fault.isSpent && meets(fault.fault, method, path) && !fault.passes()) return fault.apply(work);
    }
    return work(null);
  }
}
