import type { LiteLlmStandIn } from '@keywright/litellm-stand-in';
import { type Json, request } from './client.ts';

/** Opens a chat stream. */
export function openStream(
  standIn: LiteLlmStandIn,
  key: string,
  content: string,
  options: { usage?: boolean; signal?: AbortSignal } = {},
): Promise<Response> {
  const body = {
    model: 'priced',
    stream: true,
    messages: [{ role: 'user', content }],
    ...(options.usage && { stream_options: { include_usage: true } }),
  };
  return standIn.handle(
    request(standIn, 'POST /v1/chat/completions', body, { key, ...(options.signal && { signal: options.signal }) }),
  );
}

/** Payloads of all events of a stream; `[DONE]` stays text. */
export async function events(response: Response): Promise<Json[]> {
  const blocks = (await response.text()).split('\n\n').filter(Boolean);
  return blocks
    .map((block) => block.replace(/^data: /, ''))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}

/** Reads events one at a time. */
export function eventReader(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('the answer has no body');
  return reader;
}
