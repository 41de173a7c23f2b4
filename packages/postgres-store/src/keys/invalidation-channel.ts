import {
  type Clock,
  type InvalidationChannel,
  type InvalidationListener,
  type Logger,
  parseInvalidation,
  silentLogger,
  systemClock,
} from '@keywright/core';
import type { PoolLike } from '../database/client.ts';
import { runPrepared } from '../database/dialect.ts';
import { checkSchemaName, defaultSchema } from '../database/schema-name.ts';
import { Listening } from './listening.ts';
import type { ListeningClientLike } from './listening-session.ts';

export interface PostgresInvalidationChannelOptions {
  /** What is told goes through it. */
  pool: PoolLike;
  /**
   * Makes a client for listening alone, which is connected and closed here. It needs a session of its own on the server:
   * a proxy that hands out servers by transaction (PgBouncer) hears nothing.
   */
  newClient: () => ListeningClientLike;
  /** Nodes on one schema hear each other; `keywright` when left out. */
  schema?: string;
  /** Drives heartbeat and reconnecting; the machine's clock when left out. */
  clock?: Clock;
  /** Hears of connections that were lost and are there again. */
  logger?: Logger;
}

/**
 * Tells nodes of each other's changes by NOTIFY, on a channel that is named as the schema is. Every `listen` has a
 * connection of its own. It sends itself a heartbeat every second, and is given up when none arrives for three: so a
 * line that is dead without saying so is noticed too. Then it connects again, after 0.1 to 5 seconds.
 *
 * `publish` throws `storage_unavailable`. `listen` never throws: a connection that cannot be made is logged.
 *
 * @example
 * const invalidations = createPostgresInvalidationChannel({ pool, newClient: () => new pg.Client(connectionString) });
 * createKeywright({ storage, litellm, invalidations });
 */
export function createPostgresInvalidationChannel(options: PostgresInvalidationChannelOptions): InvalidationChannel {
  const { pool, newClient, clock = systemClock, logger = silentLogger } = options;
  const channel = checkSchemaName(options.schema ?? defaultSchema);
  return {
    async publish(change) {
      await runPrepared(pool, 'keywright_notify', 'select pg_notify($1, $2)', [channel, JSON.stringify(change)]);
    },
    async listen(listener) {
      const listening = new Listening({
        ...{ newClient, channel, clock, logger },
        onMessage: (message) => hear(listener, message),
        onGap: () => listener.onGap(),
      });
      await listening.start();
      return () => listening.stop();
    },
  };
}

/** A message that is none of ours is somebody else's on a channel of this name. */
function hear(listener: InvalidationListener, message: string): void {
  const change = parseInvalidation(message);
  if (change) listener.onInvalidation(change);
}
