import { messageTexts } from '../chat-completions/chat-request.ts';
import { words } from '../chat-completions/model-request.ts';
import { json } from '../http/answers.ts';
import { type Call, jsonBody, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import { costOf } from '../limits/admission.ts';
import { toUsd } from '../money.ts';

/** POST /spend/calculate: what a prompt would cost. */
export function calculateSpend(call: Call): Response {
  const body = jsonBody(call);
  const name = textOf(body, 'model') ?? '';
  const model = call.proxy.models.get(name);
  if (!model) throw detailError(400, { error: `Model=${name} not found in the proxy's model list` });
  const promptTokens = messageTexts(call, body).reduce((sum, text) => sum + words(text).length, 0);
  return json({ cost: toUsd(costOf(model, { promptTokens, completionTokens: 0 })) });
}
