import { ApiKeySecret, type GatewayAnswer, type GatewayCall, type LiteLlm } from '@keywright/core';
import { onTestFinished } from 'vitest';
import { createLiteLlm, type LiteLlmOptions } from '../../src/index.ts';

/** A signal that nobody aborts. */
export const never: AbortSignal = new AbortController().signal;

export function open(options: Partial<LiteLlmOptions> & { baseUrl: string }): LiteLlm {
  const litellm = createLiteLlm({ masterKey: 'sk-1234', ...options });
  onTestFinished(() => litellm.close());
  return litellm;
}

export function chatCall(change: Partial<GatewayCall> = {}): GatewayCall {
  return {
    path: '/v1/chat/completions',
    body: { model: 'm', messages: [] },
    credential: new ApiKeySecret('sk-kw_caller_0123456789'),
    headers: {},
    ...change,
  };
}

export function succeeded(answer: GatewayAnswer): Extract<GatewayAnswer, { ok: true }> {
  if (!answer.ok) throw new Error(`failed: ${JSON.stringify(answer.failure)}`);
  return answer;
}

export function failed(answer: GatewayAnswer) {
  if (answer.ok) throw new Error('succeeded');
  return answer.failure;
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
