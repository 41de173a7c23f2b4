import type {
  ChatGateway,
  Clock,
  GatewayAnswer,
  GatewayCall,
  GatewayFailure,
  GatewayFailureKind,
  MirroredKey,
  Model,
} from '@keywright/core';
import { echo } from './memory-echo.ts';
import type { MemoryUpstream } from './memory-upstream.ts';

const statuses: Partial<Record<GatewayFailureKind, number>> = {
  budget_exceeded: 422,
  key_unknown: 401,
  key_expired: 401,
  key_blocked: 401,
  model_denied: 403,
  invalid_request: 400,
};

/**
 * A gateway that checks a key as LiteLLM does and answers with the text that it was sent. Usage counts four characters
 * as a token; the cost follows the prices of the catalog and is added to the key's spend.
 */
export class MemoryChatGateway implements ChatGateway {
  readonly #upstream: MemoryUpstream;
  readonly #models: readonly Model[];
  readonly #clock: Clock;

  constructor(upstream: MemoryUpstream, models: readonly Model[], clock: Clock) {
    this.#upstream = upstream;
    this.#models = models;
    this.#clock = clock;
  }

  async send(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer> {
    this.#upstream.chatCalls.push(call);
    const upstreamCallId = `call-${this.#upstream.chatCalls.length}`;
    const failure = this.#failureOf(call, signal);
    if (failure) return { ok: false, failure, upstreamCallId: failure.kind === 'gateway_down' ? null : upstreamCallId };
    const answer = echo(call, upstreamCallId, Math.floor(this.#clock.now() / 1000));
    const costNano = this.#charge(call, answer.usage);
    return {
      ok: true,
      status: 200,
      headers: { 'content-type': answer.isStream ? 'text/event-stream' : 'application/json' },
      streamed: answer.isStream,
      body: bytesOf(answer.chunks, signal),
      costNano: answer.isStream ? null : costNano,
      upstreamCallId,
    };
  }

  readStreamError(error: unknown): GatewayFailure {
    const message = isRecord(error) && typeof error.message === 'string' ? error.message : 'The stream broke.';
    return failed('upstream_error', message, 500);
  }

  #failureOf(call: GatewayCall, signal: AbortSignal): GatewayFailure | undefined {
    if (signal.aborted || this.#upstream.isDown) return failed('gateway_down', 'LiteLLM did not answer.', 0);
    const given = this.#upstream.takeChatFailure();
    if (given) return given;
    const key = this.#upstream.key(call.credential.hash);
    if (!key) return failed('key_unknown', 'Invalid proxy server token passed.');
    if (key.blocked) return failed('key_blocked', 'Key is blocked.');
    if (key.expiresAt && key.expiresAt.getTime() <= this.#clock.now()) return failed('key_expired', 'Expired Key.');
    const { model } = call.body;
    if (typeof model !== 'string') return failed('invalid_request', 'model should be a text');
    if (!key.models.includes(model)) return failed('model_denied', `Key not allowed to access model ${model}.`);
    if (!this.#models.some(({ name }) => name === model)) return failed('invalid_request', `Unknown model ${model}.`);
    return isOverBudget(key) ? failed('budget_exceeded', 'Budget has been exceeded!') : undefined;
  }

  #charge(call: GatewayCall, usage: { inputTokens: number; outputTokens: number }): bigint | null {
    const model = this.#models.find(({ name }) => name === call.body.model);
    if (!model || (model.inputCostPerMillion === null && model.outputCostPerMillion === null)) return null;
    const input = (model.inputCostPerMillion ?? 0n) * BigInt(usage.inputTokens);
    const output = (model.outputCostPerMillion ?? 0n) * BigInt(usage.outputTokens);
    const costNano = (input + output) / 1_000_000n;
    const key = this.#upstream.key(call.credential.hash);
    if (key) this.#upstream.putKey({ ...key, spend: key.spend + costNano });
    return costNano;
  }
}

function isOverBudget(key: MirroredKey): boolean {
  return key.maxBudget !== null && key.spend >= key.maxBudget;
}

function failed(kind: GatewayFailureKind, message: string, status = statuses[kind] ?? 500): GatewayFailure {
  return { kind, status, message, param: null, retryAfterSeconds: null };
}

async function* bytesOf(chunks: readonly string[], signal: AbortSignal): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for (const chunk of chunks) {
    signal.throwIfAborted();
    yield encoder.encode(chunk);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
