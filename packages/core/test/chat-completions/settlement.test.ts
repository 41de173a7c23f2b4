import { expect, it } from 'vitest';
import { priceTokens } from '../../src/chat-completions/settlement.ts';

const model = (input: bigint | null, output: bigint | null) => ({
  name: 'm',
  inputCostPerMillion: input,
  outputCostPerMillion: output,
  maxInputTokens: null,
  maxOutputTokens: null,
});

it.each([
  [150_000_000n, 600_000_000n, 7, 3, 2_850n], // 0.15 and 0.60 USD a million
  [1n, null, 1, 5, 1n], // less than a nano-USD is one: a sum of many never costs less than its parts
  [1n, 1n, 0, 0, 0n],
  [0n, 0n, 10, 10, 0n], // free is not the same as unknown
  [null, null, 10, 10, null],
])('prices %s and %s make %i and %i tokens cost %s nano-USD', (input, output, inputTokens, outputTokens, cost) => {
  expect(priceTokens(model(input, output), { inputTokens, outputTokens })).toBe(cost);
});
