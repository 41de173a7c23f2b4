import { randomUUID } from 'node:crypto';
import type { Clock } from '@keywright/core';

/** The part of a `pg.Client` that is used. */
export interface ListeningClientLike {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: NotificationLike) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  /** Fails what still waits for an answer. */
  end(): Promise<void>;
}

export interface NotificationLike {
  channel: string;
  payload?: string | undefined;
}

const heartbeatMs = 1000;
const deadlineMs = 3000;

/** One connection, from LISTEN until it is lost or closed. */
export class ListeningSession {
  readonly #client: ListeningClientLike;
  readonly #clock: Clock;
  readonly #on: { message: (payload: string) => void; lost: (reason: string) => void };
  /** Nobody else's channel: a heartbeat wakes only the node that sent it. */
  readonly #heartbeat = `keywright_heartbeat_${randomUUID().replaceAll('-', '')}`;
  #lastHeardMs: number;
  #isOver = false;
  #cancelHeartbeat = () => {};

  /** `on.lost` is called once at most, and not after `close`. */
  constructor(
    client: ListeningClientLike,
    clock: Clock,
    on: { message: (payload: string) => void; lost: (reason: string) => void },
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#on = on;
    this.#lastHeardMs = clock.now();
    client.on('notification', (message) => this.#hear(message));
    client.on('end', () => this.#lose('closed by the server'));
    client.on('error', (error) => this.#lose(error.message));
  }

  /** Resolves to whether it listens; if not, it is lost or closed. */
  async listen(channel: string): Promise<boolean> {
    this.#scheduleHeartbeat(); // the first one, too, shows that nobody answers
    try {
      await this.#client.query(`listen "${this.#heartbeat}"; listen "${channel}"`);
    } catch (error) {
      this.#lose(String(error));
    }
    return !this.#isOver;
  }

  /** Resolves when the connection is closed. On a line that is dead nobody confirms that: then after a while. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#cancelHeartbeat();
    const tooLate = Promise.withResolvers<void>();
    const cancel = this.#clock.after(deadlineMs, tooLate.resolve);
    await Promise.race([this.#client.end().catch(() => {}), tooLate.promise]);
    cancel();
  }

  #scheduleHeartbeat(): void {
    this.#cancelHeartbeat = this.#clock.after(heartbeatMs, () => {
      if (this.#clock.now() - this.#lastHeardMs >= deadlineMs) return this.#lose('it did not answer');
      this.#client.query(`notify "${this.#heartbeat}"`).catch((error: unknown) => this.#lose(String(error)));
      this.#scheduleHeartbeat();
    });
  }

  #hear({ channel, payload = '' }: NotificationLike): void {
    if (this.#isOver) return;
    if (channel === this.#heartbeat) this.#lastHeardMs = this.#clock.now();
    else this.#on.message(payload);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    void this.close();
    this.#on.lost(reason);
  }
}
