import type { GatewayCall } from '@keywright/core';

export interface Echo {
  isStream: boolean;
  /** What goes over the wire, piece by piece. */
  chunks: string[];
  usage: { inputTokens: number; outputTokens: number };
}

/** As an estimate: four characters are a token. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4);

/** Answers a call in the form of OpenAI's API with the text of its last message, or with one vector for each input. */
export function echo(call: GatewayCall, id: string, created: number): Echo {
  const { model } = call.body;
  const base = { id, created, model };
  if (call.path === '/v1/embeddings') return embedding(call.body.input, base);
  const sent = messages(call.body);
  const text = sent.at(-1) ?? '';
  const usage = { inputTokens: tokensIn(sent.join('')), outputTokens: tokensIn(text) };
  if (call.body.stream === true) return stream(call.body, base, text, usage);
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  const answer = { ...base, object: 'chat.completion', choices, usage: wireUsage(usage) };
  return { isStream: false, chunks: [JSON.stringify(answer)], usage };
}

function stream(body: Record<string, unknown>, base: object, text: string, usage: Echo['usage']): Echo {
  const object = 'chat.completion.chunk';
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  const pieces = words.map((content) => ({ index: 0, delta: { role: 'assistant', content }, finish_reason: null }));
  const last = { index: 0, delta: {}, finish_reason: 'stop' };
  const events: object[] = [...pieces, last].map((choice) => ({ ...base, object, choices: [choice] }));
  if (wantsUsage(body.stream_options)) events.push({ ...base, object, choices: [], usage: wireUsage(usage) });
  const chunks = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
  return { isStream: true, chunks, usage };
}

function embedding(input: unknown, base: object): Echo {
  const texts = (Array.isArray(input) ? input : [input]).map(textOf);
  const usage = { inputTokens: texts.reduce((sum, text) => sum + tokensIn(text), 0), outputTokens: 0 };
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: [text.length, tokensIn(text), 1],
  }));
  const answer = { ...base, object: 'list', data, usage: wireUsage(usage) };
  return { isStream: false, chunks: [JSON.stringify(answer)], usage };
}

function wireUsage({ inputTokens, outputTokens }: Echo['usage']) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

function wantsUsage(options: unknown): boolean {
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
}

function messages(body: Record<string, unknown>): string[] {
  return Array.isArray(body.messages) ? body.messages.map((message: unknown) => textOf(contentOf(message))) : [];
}

function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
