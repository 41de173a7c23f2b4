import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { type Admission, admit } from '../limits/admission.ts';
import { customerIdOf } from '../spend/write-logs.ts';
import { type ChatRequest, messageTexts, readChatRequest } from './chat-request.ts';
import { answerHeaders } from './model-headers.ts';
import { pause } from './pause.ts';
import { streamChat } from './stream-chat.ts';
import { upstreamError } from './upstream-error.ts';
import { usageBody } from './usage-body.ts';

async function wholeAnswer(call: Call, request: ChatRequest, admission: Admission): Promise<Response> {
  await pause(request.steering.delayMs, call.proxy.stopping());
  const usage = { promptTokens: request.promptTokens, completionTokens: request.reply.length };
  const cost = admission.settle(usage);
  const { callId } = admission;
  const message = { role: 'assistant', content: request.reply.join(' ') };
  const body = {
    id: `chatcmpl-${callId}`,
    created: Math.floor(call.proxy.now().getTime() / 1000),
    model: request.model,
    object: 'chat.completion',
    choices: [{ index: 0, finish_reason: request.finishReason, message }],
    ...(request.steering.withUsage && { usage: usageBody(usage) }),
  };
  const headers = { ...answerHeaders(call, callId, admission.model, cost), ...admission.limitHeaders() };
  return json(body, 200, headers);
}

/** POST /chat/completions: echoes the last message, or does what it says. */
export async function completeChat(call: Call): Promise<Response> {
  const { body, ...request } = readChatRequest(call);
  const admission = admit(call, { ...request, customerId: customerIdOf(call) });
  try {
    messageTexts(call, body);
    const { model, stream, steering } = request;
    call.proxy.upstreamCalls.push({ model, stream, at: call.proxy.now() });
    if (steering.status !== null) throw upstreamError(call, admission.model, steering.status, steering);
    return stream ? streamChat(call, request, admission) : await wholeAnswer(call, request, admission);
  } catch (error) {
    admission.release();
    throw error;
  }
}
