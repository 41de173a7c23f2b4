import { z } from 'zod';
import { type HttpAnswer, jsonAnswer } from '../http-message.ts';
import type { Route, RouteCall } from '../route.ts';
import { readCredential } from './credential.ts';
import { type DataPlaneError, dataPlaneErrorAnswer } from './data-plane-error.ts';
import { dataPlaneRoute, refuseCall } from './data-plane-route.ts';
import { missingKey } from './verify-errors.ts';

const openAiModelSchema = z
  .strictObject({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'OpenAiModel', description: "OpenAI's description of a model." });

const openAiModelListSchema = z
  .strictObject({ object: z.literal('list'), data: z.array(openAiModelSchema) })
  .meta({ id: 'OpenAiModelList', description: "OpenAI's list of models." });

const modelNotFound: DataPlaneError = {
  status: 404,
  type: 'invalid_request_error',
  code: 'model_not_found',
  message: 'There is no such model that this API key may use. GET /v1/models lists those it may use.',
  param: 'model',
};

export const modelListRoutes: readonly Route[] = [
  dataPlaneRoute({
    name: 'listModels',
    method: 'GET',
    path: '/models',
    summary: 'The models that this API key may use now',
    answers: { 200: openAiModelListSchema },
    errors: [],
    handle: (call) => withModels(call, (models) => jsonAnswer(200, { object: 'list', data: models.map(openAiModel) })),
  }),
  dataPlaneRoute({
    name: 'retrieveModel',
    method: 'GET',
    path: '/models/:id',
    summary: 'One of the models that this API key may use now',
    params: z.strictObject({ id: z.string() }),
    answers: { 200: openAiModelSchema },
    errors: ['model_not_found', 'validation_failed'],
    handle: (call) =>
      withModels(call, (models) => {
        const model = models.find((name) => name === call.params.id);
        return model === undefined ? dataPlaneErrorAnswer(modelNotFound) : jsonAnswer(200, openAiModel(model));
      }),
  }),
];

async function withModels(call: RouteCall, answer: (models: readonly string[]) => HttpAnswer): Promise<HttpAnswer> {
  const secret = readCredential(call.headers);
  if (!secret) return dataPlaneErrorAnswer(missingKey);
  const tenantId = call.headers['x-tenant-id'];
  const result = await call.keywright.chatCompletions.listModels({ secret, ip: call.ip, tenantId });
  return result.ok ? answer(result.models) : refuseCall(call, result.refusal);
}

/** When a model was made is not known here, and nobody reads it; OpenAI's clients expect a number. */
function openAiModel(id: string): z.output<typeof openAiModelSchema> {
  return { id, object: 'model', created: 0, owned_by: 'keywright' };
}
