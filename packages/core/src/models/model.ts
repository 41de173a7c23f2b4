/** A model that LiteLLM routes to. */
export interface Model {
  name: string;
  /** Nano-USD for a million tokens; null: LiteLLM knows no price. */
  inputCostPerMillion: bigint | null;
  outputCostPerMillion: bigint | null;
  maxInputTokens: number | null;
  maxOutputTokens: number | null;
}
