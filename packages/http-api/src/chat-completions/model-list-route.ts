import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import type { Route } from '../route.ts';
import { readCredential } from './credential.ts';
import { dataPlaneErrorAnswer } from './data-plane-error.ts';
import { dataPlaneRoute, refuseCall } from './data-plane-route.ts';
import { missingKey } from './verify-errors.ts';

const openAiModelListSchema = z
  .strictObject({
    object: z.literal('list'),
    data: z.array(
      z.strictObject({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() }),
    ),
  })
  .meta({ id: 'OpenAiModelList', description: "OpenAI's list of models." });

export const modelListRoute: Route = dataPlaneRoute({
  name: 'listModels',
  method: 'GET',
  path: '/models',
  summary: 'The models that this API key may use now',
  answers: { 200: openAiModelListSchema },
  errors: [],
  async handle(call) {
    const secret = readCredential(call.headers);
    if (!secret) return dataPlaneErrorAnswer(missingKey);
    const tenantId = call.headers['x-tenant-id'];
    const result = await call.keywright.chatCompletions.listModels({ secret, ip: call.ip, tenantId });
    if (!result.ok) return refuseCall(call, result.refusal);
    return jsonAnswer(200, openAiModelList(result.models));
  },
});

/** When a model was made is not known here, and nobody reads it; OpenAI's clients expect a number. */
function openAiModelList(models: readonly string[]): z.output<typeof openAiModelListSchema> {
  const data = models.map((id) => ({ id, object: 'model' as const, created: 0, owned_by: 'keywright' }));
  return { object: 'list', data };
}
