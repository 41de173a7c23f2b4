import type { ChatGateway, GatewayAnswer, GatewayCall, GatewayFailure } from '@keywright/core';

type Step = { chunk: string } | { end: true } | { failure: Error };

/** A gateway whose stream goes on when the test says so. */
export class PacedUpstream implements ChatGateway {
  readonly calls: GatewayCall[] = [];
  /** How often the next chunk was asked for. */
  asked = 0;
  /** When it answers. `at-abort` and `late`: not before the call is aborted; then with a failure, or a stream after all. */
  answers: 'at-once' | 'at-abort' | 'late' = 'at-once';
  readonly #called = Promise.withResolvers<void>();
  readonly #aborted = Promise.withResolvers<void>();
  readonly #steps: Step[] = [];
  #wake: () => void = () => {};

  /** Resolves when a call has come in. */
  get called(): Promise<void> {
    return this.#called.promise;
  }

  /** Resolves when a call was aborted. */
  get aborted(): Promise<void> {
    return this.#aborted.promise;
  }

  async send(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer> {
    this.calls.push(call);
    this.#called.resolve();
    signal.addEventListener('abort', () => this.#aborted.resolve());
    if (this.answers !== 'at-once') await this.aborted;
    if (this.answers === 'at-abort') {
      return { ok: false, failure: failure('gateway_down', 'The call was aborted.'), upstreamCallId: null };
    }
    const headers = { 'content-type': 'text/event-stream' };
    const body = this.#chunks(signal);
    return { ok: true, status: 200, headers, streamed: true, body, costNano: null, upstreamCallId: 'call-1' };
  }

  readStreamError(error: unknown): GatewayFailure {
    return failure('upstream_error', `LiteLLM says ${JSON.stringify(error)}`);
  }

  push(chunk: string): void {
    this.#step({ chunk });
  }

  end(): void {
    this.#step({ end: true });
  }

  break(): void {
    this.#step({ failure: new Error('socket hang up') });
  }

  #step(step: Step): void {
    this.#steps.push(step);
    this.#wake();
  }

  async *#chunks(signal: AbortSignal): AsyncIterable<Uint8Array> {
    for (;;) {
      this.asked++;
      const step = this.#steps.shift() ?? (await this.#next(signal));
      if ('end' in step) return;
      if ('failure' in step) throw step.failure;
      yield Buffer.from(step.chunk);
    }
  }

  async #next(signal: AbortSignal): Promise<Step> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    signal.addEventListener('abort', () => woken.reject(new Error('aborted')), { once: true });
    signal.throwIfAborted();
    await woken.promise;
    const step = this.#steps.shift();
    if (!step) throw new Error('Woken for nothing.');
    return step;
  }
}

function failure(kind: GatewayFailure['kind'], message: string): GatewayFailure {
  return { kind, status: 0, message, param: null, retryAfterSeconds: null };
}

/** One event of a streamed chat completion. */
export function delta(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

export const usageEvent = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } })}\n\n`;
export const doneEvent = 'data: [DONE]\n\n';
