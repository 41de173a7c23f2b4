import { z } from 'zod';

const id = z.string().min(1).max(300);

const invalidation = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('key'), tenantId: id, id }),
  z.strictObject({ of: z.literal('subscription'), tenantId: id, id }),
  z.strictObject({ of: z.literal('user'), tenantId: id, id }),
  z.strictObject({ of: z.literal('tenant'), tenantId: id }),
]);

/** A change after which what verify remembers of a key, or of all keys of a parent, must not be believed any more. */
export type Invalidation = z.infer<typeof invalidation>;

/** What a node does with what it hears. */
export interface InvalidationListener {
  onInvalidation(change: Invalidation): void;
  /** Something may have been missed: called whenever the connection is there again. */
  onGap(): void;
}

/**
 * How nodes tell each other what was changed. A message may get lost (`onGap`, or the node that would send it dies):
 * the caches' time-to-live bounds what that costs.
 */
export interface InvalidationChannel {
  /** Tells every node, this one included. */
  publish(change: Invalidation): Promise<void>;
  /**
   * Listens until the returned function is called. Connects by itself, again and again, and notices a connection that
   * is dead by a heartbeat. Resolves once it listens, or when the first try failed (it goes on trying).
   */
  listen(listener: InvalidationListener): Promise<() => Promise<void>>;
}

/** Reads a message of a channel; undefined when it is none of ours. */
export function parseInvalidation(message: string): Invalidation | undefined {
  try {
    return invalidation.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
