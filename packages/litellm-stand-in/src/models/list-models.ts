import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { allowedModels } from './catalogue.ts';

/** GET /models and /v1/models: OpenAI's list, of what the calling key may use. */
export function listModels(call: Call): Response {
  const names = allowedModels(call.caller) ?? [...call.proxy.models.keys()];
  const data = names.map((id) => ({ id, object: 'model', created: 1_677_610_602, owned_by: 'openai' }));
  return json({ data, object: 'list' });
}
