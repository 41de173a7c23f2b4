import { z } from 'zod';
import { type Actor, authorise, own, type Reach } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import { moment, parseInput } from '../input.ts';
import { isShown } from '../keys/api-key-view.ts';
import { keyNotFound } from '../keys/key-parts.ts';
import type { Storage } from '../storage.ts';
import type { Granularity, UsagePoint, UsageTotals } from './ports.ts';

const dayMs = 86_400_000;

export const usageInput = z.strictObject({
  /** Default: 30 days before `to`. */
  from: moment.optional(),
  /** Default: now. */
  to: moment.optional(),
  granularity: z.enum(['hour', 'day'], { error: 'should be hour or day' }).default('day'),
});

export type UsageInput = z.input<typeof usageInput>;

export interface Usage {
  from: Date;
  to: Date;
  granularity: Granularity;
  totals: UsageTotals;
  /** Only hours or days with usage, oldest first. */
  series: UsagePoint[];
}

/** What was used, from the ledger. */
export class UsageService {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(parts: { storage: Storage; clock: Clock }) {
    this.#storage = parts.storage;
    this.#clock = parts.clock;
  }

  /** The actor's own usage, or a whole tenant's. Throws `validation_failed`. */
  async get(actor: Actor, input: UsageInput, reach: Reach = own): Promise<Usage> {
    const { tenantId, userId } = authorise(actor, reach, 'read');
    return this.#read(tenantId, { userId }, input);
  }

  /** The usage of one key. Throws `key_not_found`. */
  async getForKey(actor: Actor, keyId: string, input: UsageInput, reach: Reach = own): Promise<Usage> {
    const scope = authorise(actor, reach, 'read');
    const key = (await this.#storage.keys.find(scope, canonicalId(keyId)))?.key;
    if (!key || !isShown(key.lifecycle, reach)) throw keyNotFound();
    return this.#read(scope.tenantId, { keyId: key.id }, input);
  }

  async #read(
    tenantId: string,
    whose: { userId?: string | undefined; keyId?: string },
    input: UsageInput,
  ): Promise<Usage> {
    const { granularity, ...range } = parseInput(usageInput, input);
    const to = range.to ?? new Date(this.#clock.now());
    const from = range.from ?? new Date(to.getTime() - 30 * dayMs);
    assertRange(from, to, granularity);
    const filter = { ...whose, from, to };
    const [totals, series] = await Promise.all([
      this.#storage.usage.totals(tenantId, filter),
      this.#storage.usage.series(tenantId, filter, granularity),
    ]);
    return { from, to, granularity, totals, series };
  }
}

/** A series stays short enough to be drawn: 31 days of hours, 366 of days. */
function assertRange(from: Date, to: Date, granularity: Granularity): void {
  const days = granularity === 'hour' ? 31 : 366;
  if (from < to && to.getTime() - from.getTime() <= days * dayMs) return;
  throw invalidField('from', `should lie before to, and at most ${days} days before it for granularity=${granularity}`);
}
