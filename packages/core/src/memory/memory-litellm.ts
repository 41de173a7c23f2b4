import { type Clock, type LiteLlm, type Model, nanoPerUsd, systemClock } from '@keywright/core';
import { MemoryChatGateway } from './memory-chat-gateway.ts';
import { MemoryKeyMirror } from './memory-key-mirror.ts';
import { MemoryUpstream, unavailable } from './memory-upstream.ts';

export interface MemoryLiteLlmOptions {
  /** Decides when a key has expired, and when it was created. Default: the machine's clock. */
  clock?: Clock;
  /** What it can route to. Default: `gpt-a` and `gpt-b` for 1 and 2 USD a million tokens. */
  models?: readonly (string | Model)[];
}

export interface MemoryLiteLlm extends LiteLlm {
  /** What it holds, for tests to look at and to break. */
  upstream: MemoryUpstream;
}

/** A LiteLLM that lives in memory: holds keys by hash, and answers a chat with what it was told. */
export function createMemoryLiteLlm(options: MemoryLiteLlmOptions = {}): MemoryLiteLlm {
  const { clock = systemClock, models = ['gpt-a', 'gpt-b'] } = options;
  const catalog = models.map(toModel);
  const upstream = new MemoryUpstream();
  const answers = (signal: AbortSignal) => {
    if (signal.aborted || upstream.isDown) throw unavailable();
  };
  return {
    upstream,
    mirror: new MemoryKeyMirror(upstream, clock),
    models: {
      async list(signal) {
        answers(signal);
        return structuredClone(catalog);
      },
    },
    chat: new MemoryChatGateway(upstream, catalog, clock),
    check: async (signal) => answers(signal),
    close: async () => {},
  };
}

function toModel(model: string | Model): Model {
  if (typeof model !== 'string') return model;
  return {
    name: model,
    inputCostPerMillion: nanoPerUsd,
    outputCostPerMillion: 2n * nanoPerUsd,
    maxInputTokens: 128_000,
    maxOutputTokens: 16_384,
  };
}
