import type { KeyMirror, Storage, Stores } from '@keywright/core';

/** A place between two steps of ours: just before or just after one call of a port. */
export interface Point {
  /** The same in every run, also where calls run beside each other: `before keys.lock, time 2`. */
  id: string;
  /** Such as `keys.activate`, `litellm.createKey` or `transaction.commit`. */
  call: string;
  when: 'before' | 'after';
  /** A connection holds locks here. */
  isInTransaction: boolean;
  /** Aborts when the caller gives up. Calls to LiteLLM alone have one. */
  signal: AbortSignal | undefined;
  /** Resolves when the call is over, however it went. */
  over: Promise<void>;
  /** Makes the call once more, for a caller who has left: what LiteLLM does when it commits late. */
  perform: () => Promise<unknown>;
}

/** Called at every point. Throwing there is a fault there. */
export type AtPoint = (point: Point) => void | Promise<void>;

/**
 * Wraps every port, so that the points of an operation follow from the code and not from a list that someone keeps.
 * Inside a transaction the stores are wrapped as well, and its commit is a point of its own.
 */
export function faultyPorts(storage: Storage, mirror: KeyMirror, at: AtPoint): { storage: Storage; mirror: KeyMirror } {
  const times = new Map<string, number>();
  const pass = (point: Omit<Point, 'id'>) => {
    const place = `${point.when} ${point.call}`;
    const time = (times.get(place) ?? 0) + 1;
    times.set(place, time);
    return at({ ...point, id: `${place}, time ${time}` });
  };
  const around =
    (isInTransaction: boolean): Around =>
    async (call, args, work) => {
      const end = Promise.withResolvers<void>();
      const about = {
        call,
        isInTransaction,
        signal: args.find((arg) => arg instanceof AbortSignal),
        over: end.promise,
        perform: () => work(args.map((arg) => (arg instanceof AbortSignal ? new AbortController().signal : arg))),
      };
      try {
        await pass({ ...about, when: 'before' });
        const result = await work(args);
        await pass({ ...about, when: 'after' });
        return result;
      } finally {
        end.resolve();
      }
    };
  const wrapped = wrap(storage, '', around(false));
  const transaction: Storage['transaction'] = async (work) => {
    const about = { isInTransaction: true, signal: undefined, over: Promise.resolve(), perform: async () => {} };
    await pass({ ...about, call: 'transaction', when: 'before', isInTransaction: false });
    const result = await storage.transaction(async (stores: Stores) => {
      const inside = await work(wrap(stores, '', around(true)));
      await pass({ ...about, call: 'transaction.commit', when: 'before' });
      return inside;
    });
    await pass({ ...about, call: 'transaction.commit', when: 'after', isInTransaction: false });
    return result;
  };
  const outer: Storage = new Proxy(wrapped, {
    get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)),
  });
  return { storage: outer, mirror: wrap(mirror, 'litellm', around(false)) };
}

type Around = <T>(call: string, args: unknown[], work: (args: unknown[]) => Promise<T>) => Promise<T>;

/** Wraps the methods of an object, and of the objects in it. */
function wrap<T extends object>(port: T, path: string, around: Around): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      const call = path ? `${path}.${String(name)}` : String(name);
      if (typeof value === 'function') {
        return (...given: unknown[]) => around(call, given, async (args) => value.apply(target, args));
      }
      return typeof value === 'object' && value !== null ? wrap(value, call, around) : value;
    },
  });
}
