import type { UsageEvent } from './usage-event.ts';

export interface UsageFilter {
  userId?: string | undefined;
  keyId?: string | undefined;
  subscriptionId?: string | undefined;
  /** From this moment on. */
  from: Date;
  /** Before this moment. */
  to: Date;
}

export type Granularity = 'hour' | 'day';

export interface UsageTotals {
  /** Calls; an event that corrects another one (`seq` above 0) is no call of its own. */
  requests: number;
  inputTokens: number;
  outputTokens: number;
  /** Nano-USD. */
  costNano: bigint;
}

export interface UsagePoint extends UsageTotals {
  /** Beginning of the hour or day, UTC. */
  at: Date;
}

export interface UsageStore {
  totals(tenantId: string, filter: UsageFilter): Promise<UsageTotals>;
  /** Only hours or days with usage, oldest first. */
  series(tenantId: string, filter: UsageFilter, granularity: Granularity): Promise<UsagePoint[]>;
}

/** The ledger over all tenants: events of several tenants are written together. */
export interface UsageLedger {
  /**
   * Writes each event once, however often it is handed in, and adds what was really new to its key's spend and token
   * count. One statement.
   */
  append(events: readonly UsageEvent[]): Promise<void>;
}
