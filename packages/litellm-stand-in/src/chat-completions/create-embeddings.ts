import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { admit } from '../limits/admission.ts';
import { customerIdOf } from '../spend/write-logs.ts';
import { answerHeaders } from './model-headers.ts';
import { modelBody, modelName, words } from './model-request.ts';
import { readSteering } from './steering.ts';
import { upstreamError } from './upstream-error.ts';

const vector = [0.1, 0.2, 0.3];

/** POST /embeddings: the same vector for every input, charged by its words. */
export function createEmbeddings(call: Call): Response {
  const body = modelBody(call);
  const inputs = (Array.isArray(body.input) ? body.input : [body.input ?? '']).map(String);
  const model = modelName(body);
  const promptTokens = inputs.reduce((sum, input) => sum + words(input).length, 0);
  const admission = admit(call, { model, promptTokens, maxTokens: 0, customerId: customerIdOf(call) });
  call.proxy.upstreamCalls.push({ model, stream: false, at: call.proxy.now() });
  const steering = readSteering(inputs.at(-1) ?? '');
  if (steering.status !== null) {
    admission.release();
    throw upstreamError(call, admission.model, steering.status, steering);
  }
  const cost = admission.settle({ promptTokens, completionTokens: 0 });
  const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: vector }));
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  const headers = { ...answerHeaders(call, admission.callId, admission.model, cost), ...admission.limitHeaders() };
  return json({ object: 'list', model, data, usage }, 200, headers);
}
