import type { Clock } from '../clock.ts';
import { isKeywrightError, type KeywrightError } from '../errors.ts';
import { type Logger, messageOf } from '../logger.ts';
import { countUsageEvent } from '../telemetry.ts';
import type { UsageLedger } from './ports.ts';
import type { UsageEvent } from './usage-event.ts';

const maxBatch = 500;
const retryMs = 1_000;

/**
 * Writes events to the ledger off the response path. One statement at a time: what arrives while one runs goes into
 * the next, so a quiet server writes at once and a busy one writes in batches. A ledger that is down is tried again
 * until it is back; events wait in memory meanwhile.
 */
export class UsageWriter {
  readonly #ledger: UsageLedger;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #waiting: UsageEvent[] = [];
  #running: Promise<void> | undefined;
  #skipPause: () => void = () => {};

  constructor(parts: { ledger: UsageLedger; clock: Clock; logger: Logger }) {
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** Events that are not in the ledger yet. */
  get depth(): number {
    return this.#waiting.length;
  }

  record(event: UsageEvent): void {
    this.#waiting.push(event);
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
  }

  async #write(): Promise<void> {
    let size = maxBatch;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, size);
      try {
        await this.#ledger.append(batch);
      } catch (error) {
        if (isKeywrightError(error, 'validation_failed')) {
          size = this.#withoutRefused(batch, error);
          continue;
        }
        this.#logger.error('The usage ledger cannot be written; trying again', {
          waiting: this.#waiting.length,
          error: messageOf(error),
        });
        await this.#pause();
        continue; // the same events again: each is written once, however often it is handed in
      }
      this.#waiting.splice(0, batch.length);
      for (const event of batch) countUsageEvent(event.source);
    }
  }

  /** One event that cannot be stored must not keep all others waiting: it is looked for one by one, and left out. */
  #withoutRefused(batch: readonly UsageEvent[], error: KeywrightError): number {
    const [event] = batch;
    if (batch.length > 1 || !event) return 1;
    this.#waiting.shift();
    const { reservationId, tenantId, keyId } = event;
    this.#logger.error('A usage event is lost: it cannot be stored', {
      reservationId,
      tenantId,
      keyId,
      error: error.message,
    });
    return maxBatch;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(retryMs, resolve);
      this.#skipPause = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Resolves when all that was recorded is written, or `ms` milliseconds later with what is still missing. */
  async drain(ms: number): Promise<number> {
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(ms, resolve);
    this.#skipPause();
    await Promise.race([this.#running ?? Promise.resolve(), timeIsUp]);
    cancel();
    return this.#waiting.length;
  }
}
