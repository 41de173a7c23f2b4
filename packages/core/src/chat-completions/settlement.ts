import type { Clock } from '../clock.ts';
import { uuidv7 } from '../ids.ts';
import type { Caller } from '../keys/verify.ts';
import type { Model } from '../models/model.ts';
import { recordRelay } from '../telemetry.ts';
import type { UsageOutcome } from '../usage/usage-event.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import type { TokenUsage } from './event-stream.ts';
import type { RelayRequest } from './relay-body.ts';

/** How a call ended. `usage` absent: the answer carried none. */
export interface CallEnd {
  outcome: UsageOutcome;
  usage?: TokenUsage | undefined;
  /** For an estimate: what was received before the end. */
  receivedTokens: number;
  /** What LiteLLM says it cost. */
  costNano?: bigint | null;
  upstreamCallId: string | null;
}

/** Writes one usage event for one call, whichever of its ends comes first. */
export class Settlement {
  readonly #writer: UsageWriter;
  readonly #clock: Clock;
  readonly #caller: Caller;
  readonly #request: RelayRequest;
  readonly #model: Model | undefined;
  readonly #reservationId: string;
  readonly #startedAt: number;
  #isSettled = false;

  constructor(
    parts: { writer: UsageWriter; clock: Clock },
    call: { caller: Caller; request: RelayRequest; model: Model | undefined },
  ) {
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#caller = call.caller;
    this.#request = call.request;
    this.#model = call.model;
    this.#startedAt = parts.clock.now();
    this.#reservationId = uuidv7(this.#startedAt);
  }

  settle(end: CallEnd): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    recordRelay(this.#clock.now() - this.#startedAt, end.outcome);
    const tokens = end.usage ?? this.#estimate(end);
    const { costNano, priceVersion } = this.#cost(end, tokens);
    this.#writer.record({
      reservationId: this.#reservationId,
      seq: 0,
      tenantId: this.#caller.tenantId,
      userId: this.#caller.userId,
      subscriptionId: this.#caller.subscriptionId,
      keyId: this.#caller.keyId,
      model: this.#request.model,
      ...tokens,
      costNano,
      priceVersion,
      source: end.usage || end.outcome === 'refused' ? 'response' : 'estimated',
      outcome: end.outcome,
      upstreamCallId: end.upstreamCallId,
    });
  }

  #estimate({ outcome, receivedTokens }: CallEnd): TokenUsage {
    if (outcome === 'refused') return { inputTokens: 0, outputTokens: 0 };
    return { inputTokens: this.#request.estimatedInputTokens, outputTokens: receivedTokens };
  }

  #cost(end: CallEnd, tokens: TokenUsage): { costNano: bigint | null; priceVersion: string | null } {
    if (end.outcome === 'refused') return { costNano: 0n, priceVersion: null };
    if (end.costNano != null) return { costNano: end.costNano, priceVersion: 'litellm' };
    const costNano = this.#model ? priceTokens(this.#model, tokens) : null;
    return { costNano, priceVersion: costNano === null ? null : 'litellm-model-info' };
  }
}

/** Nano-USD, rounded up; null when LiteLLM knows no price of the model. */
export function priceTokens(model: Model, tokens: TokenUsage): bigint | null {
  if (model.inputCostPerMillion === null) return null;
  const output = model.outputCostPerMillion ?? 0n;
  const forMillion = BigInt(tokens.inputTokens) * model.inputCostPerMillion + BigInt(tokens.outputTokens) * output;
  return (forMillion + 999_999n) / 1_000_000n;
}
