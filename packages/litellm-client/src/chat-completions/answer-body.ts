import type { Readable } from 'node:stream';
import { KeywrightError } from '@keywright/core';
import { networkCode } from '../errors/to-litellm-error.ts';

/**
 * The bytes of an answer as they come. The stream's own iterator is not handed out: ended before its first `next` it
 * would leave the upstream call running, and a stream that is destroyed with nobody listening ends the process.
 */
export function answerBody(body: Readable, signal: AbortSignal): AsyncIterable<Uint8Array> {
  body.on('error', () => {});
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
      return {
        next: () => chunks.next().catch((error: unknown) => Promise.reject(brokenOff(error, signal))),
        return: () => {
          body.destroy();
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

function brokenOff(error: unknown, signal: AbortSignal): KeywrightError {
  if (signal.aborted)
    return new KeywrightError('gateway_unavailable', 'The call to LiteLLM was aborted.', { cause: error });
  const code = networkCode(error);
  const message = `LiteLLM broke off its answer${code ? ` (${code})` : ''}.`;
  return new KeywrightError('gateway_unavailable', message, { cause: error });
}

/** Reads a small JSON body; undefined when it is none, is longer than `limit` bytes, or breaks off. */
export async function readJson(body: Readable, limit: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > limit) return undefined; // leaving the loop destroys the stream
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined; // the status says enough: whoever wrote this is not LiteLLM, or did not finish
  }
}
