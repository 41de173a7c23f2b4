import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { toUsd } from '../money.ts';
import { allowedModels, type Deployment } from './catalogue.ts';

function modelBody(model: Deployment): Record<string, unknown> {
  return {
    model_name: model.name,
    litellm_params: { model: `${model.provider}/${model.name}` },
    model_info: {
      id: model.id,
      db_model: false,
      key: model.name,
      mode: model.mode,
      litellm_provider: model.provider,
      max_tokens: model.mode === 'embedding' ? model.maxInputTokens : model.maxOutputTokens,
      max_input_tokens: model.maxInputTokens,
      max_output_tokens: model.mode === 'embedding' ? null : model.maxOutputTokens,
      input_cost_per_token: toUsd(model.inputNano),
      output_cost_per_token: toUsd(model.outputNano),
      access_via_team_ids: [],
      direct_access: true,
    },
  };
}

/** GET /model/info and /v1/model/info: prices and sizes of what the calling key may use. */
export function modelInfo(call: Call): Response {
  const { models } = call.proxy;
  if (models.size === 0) {
    throw detailError(500, { error: 'LLM Model List not loaded in. Make sure you passed models in your config.yaml' });
  }
  const allowed = allowedModels(call.caller);
  const shown = [...models.values()].filter((model) => allowed === null || allowed.includes(model.name));
  return json({ data: shown.map(modelBody) });
}
