/** A model that the proxy offers. */
export interface StandInModel {
  /** Name that callers use. */
  name: string;
  /** USD per token of the prompt; a whole number of nano-USD. */
  inputCostPerToken: number;
  /** USD per token of the answer; a whole number of nano-USD. */
  outputCostPerToken: number;
  /** Context size in tokens. Default: 128000. */
  maxInputTokens?: number;
  /** Longest answer in tokens. Default: 4096. */
  maxOutputTokens?: number;
  /** Default: `chat`. */
  mode?: 'chat' | 'embedding';
  /** Provider in front of the model's name. Default: `openai`. */
  provider?: string;
  /** How many deployments share the name; a lone one never cools down. Default: 1. */
  deployments?: number;
}

/** What a stand-in offers when no models are given: prices and sizes as the providers publish them. */
export const defaultModels: readonly StandInModel[] = [
  {
    name: 'gpt-4o-mini',
    inputCostPerToken: 0.00000015,
    outputCostPerToken: 0.0000006,
    maxInputTokens: 128_000,
    maxOutputTokens: 16_384,
  },
  {
    name: 'gpt-4o',
    inputCostPerToken: 0.0000025,
    outputCostPerToken: 0.00001,
    maxInputTokens: 128_000,
    maxOutputTokens: 16_384,
  },
  {
    name: 'claude-sonnet',
    inputCostPerToken: 0.000003,
    outputCostPerToken: 0.000015,
    maxInputTokens: 200_000,
    maxOutputTokens: 64_000,
    provider: 'anthropic',
  },
  {
    name: 'text-embedding-3-small',
    inputCostPerToken: 0.00000002,
    outputCostPerToken: 0,
    maxInputTokens: 8_191,
    mode: 'embedding',
  },
];
