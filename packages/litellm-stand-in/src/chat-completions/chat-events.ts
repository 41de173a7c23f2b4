import type { Profile } from '../version/profile.ts';
import type { ChatRequest } from './chat-request.ts';
import { usageBody } from './usage-body.ts';

/** One server-sent event of a chat stream. */
export interface ChatEvent {
  /** Payload; `[DONE]` ends the stream. */
  data: string;
  /** Words of the answer in it. */
  words: number;
  /** Milliseconds to wait before it; Infinity when it never comes. */
  waitMs: number;
  /** What the event does to the bill. */
  ends?: 'complete' | 'failed';
}

/** Words that pass before `!cut` ends the stream. */
const wordsBeforeCut = 2;

function cutError(profile: Profile): string {
  const type = profile.cutStream === 'typed-error-then-done' ? 'internal_server_error' : null;
  const message = 'litellm.APIError: APIError: OpenAIException - stand-in upstream dropped the connection';
  return JSON.stringify({ error: { message, type, param: null, code: '500' } });
}

/**
 * The events of a chat stream in order: role, words, finish reason, usage if asked for, `[DONE]`. A stream that the
 * upstream cuts ends by release: as if complete, or with an error event.
 */
export function* chatEvents(
  request: ChatRequest,
  profile: Profile,
  head: Record<string, unknown>,
): Generator<ChatEvent> {
  const { steering, reply } = request;
  const cutAt = steering.cut && reply.length > wordsBeforeCut ? wordsBeforeCut : null;
  const chunk = (choices: unknown[], extra: object = {}) =>
    JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...extra });
  const delta = (content: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: content, finish_reason: finish }]);

  yield { data: delta({ role: 'assistant', content: '' }), words: 0, waitMs: 0 };
  const sent = reply.slice(0, cutAt ?? reply.length);
  for (const [index, word] of sent.entries()) {
    if (steering.stallAfter === index) yield { data: '', words: 0, waitMs: Number.POSITIVE_INFINITY };
    yield { data: delta({ content: index ? ` ${word}` : word }), words: 1, waitMs: steering.delayMs };
  }
  if (cutAt !== null && profile.cutStream !== 'clean-end') {
    yield { data: cutError(profile), words: 0, waitMs: 0, ends: 'failed' };
    if (profile.cutStream === 'typed-error-then-done') yield { data: '[DONE]', words: 0, waitMs: 0 };
    return;
  }
  yield { data: delta({}, cutAt === null ? request.finishReason : 'stop'), words: 0, waitMs: 0, ends: 'complete' };
  if (request.includeUsage && steering.withUsage) {
    const usage = usageBody({ promptTokens: request.promptTokens, completionTokens: sent.length });
    yield { data: chunk([], { usage }), words: 0, waitMs: 0 };
  }
  yield { data: '[DONE]', words: 0, waitMs: 0 };
}
