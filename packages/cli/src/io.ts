import { redactSecrets } from '@keywright/core';
import type { Environment } from './config.ts';

/** Everything that a command touches of its process, so that tests can run one inside theirs. */
export interface Io {
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  env: Environment;
  /** Aborts when the process should stop (SIGTERM, SIGINT): ends the worker, long runs and questions. */
  stop: AbortSignal;
}

/** Results go to stdout, and nothing else does. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

export function printJson(io: Io, value: unknown): void {
  print(io, JSON.stringify(value, null, 2));
}

/** Remarks and errors: one line on stderr, whatever the text holds. A secret given by mistake is not repeated. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${oneLine(text)}\n`);
}

export function oneLine(text: string): string {
  return printable(redactSecrets(text)).replace(/ {2,}/g, ' ').trim();
}

/** Control characters and direction marks could forge lines or hide text in a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');
}

export async function readAll(stream: NodeJS.ReadableStream, maxLength: number): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.toString();
    if (text.length > maxLength) break;
  }
  return text;
}
