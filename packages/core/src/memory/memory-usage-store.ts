import {
  type Granularity,
  type UsageEvent,
  type UsageFilter,
  type UsageLedger,
  type UsagePoint,
  type UsageStore,
  type UsageTotals,
  uuidv7Time,
} from '@keywright/core';
import type { MemoryAccess } from './memory-access.ts';
import { type MemoryState, rowId } from './memory-state.ts';

const nothing: UsageTotals = { requests: 0, inputTokens: 0, outputTokens: 0, costNano: 0n };
const lengthMs: Record<Granularity, number> = { hour: 3_600_000, day: 86_400_000 };

export class MemoryUsageStore implements UsageStore {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  totals(tenantId: string, filter: UsageFilter): Promise<UsageTotals> {
    return this.#access.run((state) => eventsOf(state, tenantId, filter).reduce(added, nothing));
  }

  series(tenantId: string, filter: UsageFilter, granularity: Granularity): Promise<UsagePoint[]> {
    return this.#access.run((state) => {
      const points = new Map<number, UsageTotals>();
      for (const event of eventsOf(state, tenantId, filter)) {
        const time = uuidv7Time(event.reservationId);
        const begin = time - (time % lengthMs[granularity]);
        points.set(begin, added(points.get(begin) ?? nothing, event));
      }
      const sorted = [...points].toSorted(([a], [b]) => a - b);
      return sorted.map(([begin, totals]) => ({ at: new Date(begin), ...totals }));
    });
  }
}

export class MemoryUsageLedger implements UsageLedger {
  readonly #access: MemoryAccess;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  append(events: readonly UsageEvent[]): Promise<void> {
    return this.#access.run((state) => {
      for (const event of events) {
        const id = rowId(event.reservationId, event.seq);
        if (state.events.get(id)) continue;
        state.events.set(id, event);
        addToKey(state, event);
      }
    });
  }
}

function addToKey(state: MemoryState, event: UsageEvent): void {
  const key = state.key(event.tenantId, event.keyId);
  if (!key) return;
  const currentSpend = key.currentSpend + (event.costNano ?? 0n);
  const currentQuotaUsage = key.currentQuotaUsage + event.inputTokens + event.outputTokens;
  state.keys.set(key.id, { ...key, currentSpend, currentQuotaUsage });
}

function eventsOf(state: MemoryState, tenantId: string, filter: UsageFilter): Readonly<UsageEvent>[] {
  const { userId, keyId, subscriptionId, from, to } = filter;
  return state.events
    .all()
    .filter((event) => event.tenantId === tenantId)
    .filter((event) => userId === undefined || event.userId === userId)
    .filter((event) => keyId === undefined || event.keyId === keyId)
    .filter((event) => subscriptionId === undefined || event.subscriptionId === subscriptionId)
    .filter(({ reservationId: id }) => uuidv7Time(id) >= from.getTime() && uuidv7Time(id) < to.getTime());
}

function added(totals: UsageTotals, event: UsageEvent): UsageTotals {
  return {
    requests: totals.requests + (event.seq === 0 ? 1 : 0),
    inputTokens: totals.inputTokens + event.inputTokens,
    outputTokens: totals.outputTokens + event.outputTokens,
    costNano: totals.costNano + (event.costNano ?? 0n),
  };
}
