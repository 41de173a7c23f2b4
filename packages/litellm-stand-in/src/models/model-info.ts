import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
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

function shownModels(call: Call): Deployment[] {
  const { models } = call.proxy;
  if (models.size === 0) {
    throw detailError(500, { error: 'LLM Model List not loaded in. Make sure you passed models in your config.yaml' });
  }
  const allowed = allowedModels(call.caller);
  return [...models.values()].filter((model) => allowed === null || allowed.includes(model.name));
}

/** Parameters of the routes below. */
export const modelInfoParameters: FieldSpecs = { litellm_model_id: { type: 'string' } };
export const modelPageParameters: FieldSpecs = {
  model: { type: 'string' },
  search: { type: 'string' },
  page: { type: 'integer', minimum: 1 },
  size: { type: 'integer', minimum: 1 },
};

/** GET /model/info and /v1/model/info: prices and sizes of what the calling key may use. */
export function modelInfo(call: Call): Response {
  const id = textOf(queryFields(call, modelInfoParameters), 'litellm_model_id');
  const shown = shownModels(call).filter((model) => id === null || model.id === id);
  if (id !== null && shown.length === 0) {
    throw detailError(400, { error: `Model id = ${id} not found on litellm proxy` });
  }
  return json({ data: shown.map(modelBody) });
}

/** GET /v2/model/info: the same in pages. */
export function modelPage(call: Call): Response {
  const query = queryFields(call, modelPageParameters);
  const [name, search] = [textOf(query, 'model'), textOf(query, 'search')?.toLowerCase() ?? ''];
  const found = shownModels(call).filter(
    (model) => (name === null || model.name === name) && model.name.toLowerCase().includes(search),
  );
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'size') ?? 50];
  return json({
    data: found.slice((page - 1) * size, page * size).map(modelBody),
    total_count: found.length,
    current_page: page,
    total_pages: Math.ceil(found.length / size),
    size,
  });
}

/** GET /model_group/info: what end users see of the models. */
export function modelGroups(call: Call): Response {
  const data = shownModels(call).map((model) => ({
    model_group: model.name,
    providers: [model.provider],
    mode: model.mode,
    max_input_tokens: model.maxInputTokens,
    max_output_tokens: model.mode === 'embedding' ? null : model.maxOutputTokens,
    input_cost_per_token: toUsd(model.inputNano),
    output_cost_per_token: toUsd(model.outputNano),
    tpm: null,
    rpm: null,
  }));
  return json({ data });
}
