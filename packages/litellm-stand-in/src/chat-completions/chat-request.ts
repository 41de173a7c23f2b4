import { type Call, isObject, numberOf } from '../http/call.ts';
import { badModelRequest, modelBody, modelName, words } from './model-request.ts';
import { readSteering, type Steering } from './steering.ts';

/** A chat request, and the answer that it will get. */
export interface ChatRequest {
  model: string;
  stream: boolean;
  /** Whether a stream ends with a usage chunk. */
  includeUsage: boolean;
  maxTokens: number | null;
  promptTokens: number;
  /** Words of the whole answer. */
  reply: string[];
  finishReason: 'stop' | 'length';
  steering: Steering;
}

function textOfContent(content: unknown): string {
  if (Array.isArray(content)) {
    return content.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join(' ');
  }
  return typeof content === 'string' ? content : '';
}

/** The contents of the messages. @throws ProxyError 400 or 500, by release, when there are none. */
export function messageTexts(call: Call, body: Record<string, unknown>): string[] {
  const { messages } = body;
  if (!Array.isArray(messages)) {
    const status = call.proxy.profile.missingMessagesStatus;
    throw badModelRequest(call, "litellm.BadRequestError: missing 1 required argument: 'messages'", status);
  }
  return messages.map((message) => textOfContent(isObject(message) ? message.content : ''));
}

/** Reads the body of a chat call. Messages are checked later: access and budgets come first. */
export function readChatRequest(call: Call): ChatRequest & { body: Record<string, unknown> } {
  const body = modelBody(call);
  const texts = Array.isArray(body.messages) ? messageTexts(call, body) : [];
  const last = texts.at(-1) ?? '';
  const steering = readSteering(last);
  const maxTokens = numberOf(body, 'max_completion_tokens') ?? numberOf(body, 'max_tokens');
  const whole =
    steering.tokens === null
      ? words(`echo: ${last}`)
      : Array.from({ length: steering.tokens }, (_, index) => `w${index}`);
  const reply = maxTokens === null ? whole : whole.slice(0, maxTokens);
  return {
    body,
    model: modelName(body),
    stream: body.stream === true,
    includeUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
    maxTokens,
    promptTokens: texts.reduce((sum, text) => sum + words(text).length, 0),
    reply,
    finishReason: reply.length < whole.length ? 'length' : 'stop',
    steering,
  };
}
