import type { Clock, Logger } from '@keywright/core';
import { type ListeningClientLike, ListeningSession } from './listening-session.ts';

const connectMs = 10_000;
const firstDelayMs = 100;
const longestDelayMs = 5000;

export interface ListeningOptions {
  newClient: () => ListeningClientLike;
  channel: string;
  clock: Clock;
  logger: Logger;
  onMessage: (payload: string) => void;
  /** It listens again after a time in which it did not. */
  onGap: () => void;
}

/** Listens on a channel until it is stopped, by one session after the other. */
export class Listening {
  readonly #options: ListeningOptions;
  #session: ListeningSession | undefined;
  /** Since it last listened. */
  #failures = 0;
  #isStopped = false;
  #cancelRetry = () => {};

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  /** Resolves once it listens, or when the first try failed: it goes on by itself then. Never throws. */
  async start(): Promise<void> {
    const { channel, clock, logger, onMessage, onGap } = this.#options;
    const client = await this.#connect();
    if (!client) return;
    if (this.#isStopped) return discard(client);
    this.#session = new ListeningSession(client, clock, {
      message: onMessage,
      lost: (reason) => this.#retry(reason),
    });
    if (!(await this.#session.listen(channel)) || this.#failures === 0) return;
    this.#failures = 0;
    logger.info('Hearing of changes on other nodes again', { channel });
    onGap();
  }

  /** Nothing is heard from the call on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry();
    await this.#session?.close();
  }

  /** Undefined when it failed. A connection that comes too late is closed when it comes. */
  async #connect(): Promise<ListeningClientLike | undefined> {
    const { newClient, clock } = this.#options;
    let isWanted = true;
    const tooLate = Promise.withResolvers<never>();
    const cancel = clock.after(connectMs, () => tooLate.reject(new Error(`no connection within ${connectMs} ms`)));
    const connect = async () => {
      const client = newClient();
      client.on('error', () => {}); // from the first moment on: one that nobody hears ends the process
      await client.connect();
      if (isWanted) return client;
      discard(client);
      return undefined;
    };
    const connecting = connect();
    try {
      return await Promise.race([connecting, tooLate.promise]);
    } catch (error) {
      isWanted = false;
      connecting.catch(() => {});
      if (!this.#isStopped) this.#retry(String(error));
      return undefined;
    } finally {
      cancel();
    }
  }

  #retry(reason: string): void {
    const { clock, logger, channel } = this.#options;
    const inMs = Math.min(firstDelayMs * 2 ** this.#failures, longestDelayMs);
    this.#failures++;
    logger.warn('Not hearing of changes on other nodes', { channel, reason, retryInMs: inMs });
    this.#cancelRetry = clock.after(inMs, () => void this.start());
  }
}

function discard(client: ListeningClientLike): void {
  client.end().catch(() => {});
}
