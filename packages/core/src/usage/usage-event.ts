/**
 * Where the figures of an event come from. `response`: LiteLLM's usage. `estimated`: the answer carried no usage
 * (aborted or broken), so tokens are counted from what was sent and received.
 */
export const usageSources = ['response', 'estimated'] as const;
export type UsageSource = (typeof usageSources)[number];

export const usageOutcomes = ['completed', 'aborted', 'broken', 'refused'] as const;
/** How the call ended. `aborted`: the caller went away. `broken`: the upstream did. `refused`: nothing was generated. */
export type UsageOutcome = (typeof usageOutcomes)[number];

/** One settled call in the append-only ledger. */
export interface UsageEvent {
  /** UUIDv7; the time in it is when the call began, and decides the ledger's partition. */
  reservationId: string;
  /** 0 for a call's own event; later ones correct it. */
  seq: number;
  tenantId: string;
  userId: string;
  subscriptionId: string;
  keyId: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** Nano-USD; null: no price is known. */
  costNano: bigint | null;
  /** Which prices the cost was computed with: `litellm` when LiteLLM said the cost itself. */
  priceVersion: string | null;
  source: UsageSource;
  outcome: UsageOutcome;
  upstreamCallId: string | null;
}
