import type { KeyMirror, Storage, Stores } from '@keywright/core';

/** A place between two steps of ours: just before or just after one call of a port. */
export interface Point {
  /** Counts from 0 in the order in which a run comes by. */
  index: number;
  /** Such as `keys.activate` or `transaction.commit`. */
  call: string;
  when: 'before' | 'after';
}

/** Called at every point. Throwing there is a fault there. */
export type AtPoint = (point: Point) => void | Promise<void>;

/**
 * Wraps every port, so that the points of an operation follow from the code and not from a list that someone keeps.
 * Inside a transaction the stores are wrapped as well, and its commit is a point of its own.
 */
export function faultyPorts(storage: Storage, mirror: KeyMirror, at: AtPoint): { storage: Storage; mirror: KeyMirror } {
  let index = 0;
  const around = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    await at({ index: index++, call, when: 'before' });
    const result = await work();
    await at({ index: index++, call, when: 'after' });
    return result;
  };
  const wrapped = wrap(storage, '', around);
  const transaction: Storage['transaction'] = async (work) => {
    await at({ index: index++, call: 'transaction', when: 'before' });
    const result = await storage.transaction(async (stores: Stores) => {
      const inside = await work(wrap(stores, '', around));
      await at({ index: index++, call: 'transaction.commit', when: 'before' });
      return inside;
    });
    await at({ index: index++, call: 'transaction.commit', when: 'after' });
    return result;
  };
  const outer: Storage = new Proxy(wrapped, {
    get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)),
  });
  return { storage: outer, mirror: wrap(mirror, 'litellm', around) };
}

type Around = <T>(call: string, work: () => Promise<T>) => Promise<T>;

/** Wraps the methods of an object, and of the objects in it. */
function wrap<T extends object>(port: T, path: string, around: Around): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      const call = path ? `${path}.${String(name)}` : String(name);
      if (typeof value === 'function')
        return (...args: unknown[]) => around(call, async () => value.apply(target, args));
      return typeof value === 'object' && value !== null ? wrap(value, call, around) : value;
    },
  });
}
