import { z } from 'zod';
import { LiteLlmError } from './errors/litellm-error.ts';
import type { Transport } from './transport.ts';
import { amount } from './wire.ts';

const listAnswer = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

const modelInfo = z.looseObject({
  /** USD for one token. */
  input_cost_per_token: amount,
  output_cost_per_token: amount,
  max_input_tokens: amount,
  max_output_tokens: amount,
});
const deployment = z.looseObject({ model_name: z.string(), model_info: modelInfo });
const infoAnswer = z.looseObject({ data: z.array(deployment) });

/** One deployment; several may share a `model_name`, between which LiteLLM routes. */
export type LiteLlmDeployment = z.output<typeof deployment>;

/** Routes about models. Every method throws {@link LiteLlmError}. */
export interface ModelsClient {
  /** Names that the master key may call. */
  list(signal?: AbortSignal): Promise<string[]>;
  /** Every deployment. Empty when LiteLLM has none, which it answers with 500 "LLM Model List not loaded". */
  info(signal?: AbortSignal): Promise<LiteLlmDeployment[]>;
}

export function createModelsClient(transport: Transport): ModelsClient {
  return {
    async list(signal) {
      return (await transport.read('v1/models', listAnswer, { signal })).data.map((model) => model.id);
    },
    async info(signal) {
      try {
        return (await transport.read('model/info', infoAnswer, { signal })).data;
      } catch (error) {
        if (error instanceof LiteLlmError && error.reason === 'no_models') return [];
        throw error;
      }
    },
  };
}
