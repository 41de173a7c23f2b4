import type { Model, ModelCatalog } from '@keywright/core';
import type { LiteLlmDeployment, ModelsClient } from './models.ts';
import { scaleDecimal } from './money.ts';
import { orKeywrightError } from './sync/to-keywright-error.ts';

/** What LiteLLM routes to, by name, in LiteLLM's order. */
export function createModelCatalog(models: ModelsClient): ModelCatalog {
  return {
    async list(signal) {
      const byName = new Map<string, Model>();
      for (const deployment of await orKeywrightError(models.info(signal))) {
        const model = toModel(deployment);
        const other = byName.get(model.name);
        byName.set(model.name, other ? merge(other, model) : model);
      }
      return [...byName.values()];
    },
  };
}

function toModel({ model_name, model_info: info }: LiteLlmDeployment): Model {
  return {
    name: model_name,
    inputCostPerMillion: pricePerMillion(info.input_cost_per_token),
    outputCostPerMillion: pricePerMillion(info.output_cost_per_token),
    maxInputTokens: info.max_input_tokens,
    maxOutputTokens: info.max_output_tokens,
  };
}

/**
 * One name for several deployments: the dearest price and the smallest size, because the caller does not choose
 * between them and neither a budget nor an output cap may come out too wide.
 */
function merge(one: Model, other: Model): Model {
  return {
    name: one.name,
    inputCostPerMillion: known(one.inputCostPerMillion, other.inputCostPerMillion, (a, b) => (a > b ? a : b)),
    outputCostPerMillion: known(one.outputCostPerMillion, other.outputCostPerMillion, (a, b) => (a > b ? a : b)),
    maxInputTokens: known(one.maxInputTokens, other.maxInputTokens, Math.min),
    maxOutputTokens: known(one.maxOutputTokens, other.maxOutputTokens, Math.min),
  };
}

function known<T>(one: T | null, other: T | null, choose: (one: T, other: T) => T): T | null {
  if (one === null) return other;
  return other === null ? one : choose(one, other);
}

/** USD for one token to nano-USD for a million: 9 places for nano, 6 for the million. */
function pricePerMillion(usdPerToken: number | null): bigint | null {
  return usdPerToken === null ? null : (scaleDecimal(String(usdPerToken), 15) ?? null);
}
