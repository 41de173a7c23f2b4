import { z } from 'zod';

/** Tokens of a call, as the provider counted them. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** What is no sensible count is none: a provider's word is not trusted to fit the ledger. */
const tokens = z.number().nonnegative().max(1e12).catch(0).transform(Math.round);

const usageShape = z.looseObject({
  prompt_tokens: tokens,
  completion_tokens: tokens,
});

/** Reads the `usage` of an answer; undefined when there is none. */
export function readUsage(answer: unknown): TokenUsage | undefined {
  if (typeof answer !== 'object' || answer === null || !('usage' in answer)) return undefined;
  const usage = usageShape.safeParse(answer.usage);
  if (!usage.success) return undefined;
  return { inputTokens: usage.data.prompt_tokens, outputTokens: usage.data.completion_tokens };
}

/** What is to be done with a piece of the stream. */
export type StreamPiece = { kind: 'pass'; bytes: Uint8Array } | { kind: 'error'; error: unknown };

const lineFeed = 10;

/**
 * Reads a stream of server-sent events in passing. Bytes go on as they came; only an event that carries usage or an
 * error is parsed. In JSON a quote inside a text is escaped, so `"usage":` cannot be part of what a model says.
 */
export class EventStreamReader {
  readonly #passUsage: boolean;
  #carry: Buffer = Buffer.alloc(0);
  #usage: TokenUsage | undefined;
  #events = 0;
  #isDone = false;

  /** @param passUsage whether the event that holds nothing but usage goes on to the caller */
  constructor(passUsage: boolean) {
    this.#passUsage = passUsage;
  }

  get usage(): TokenUsage | undefined {
    return this.#usage;
  }

  /** Whether `[DONE]` was seen. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Events with content, about one token each: what an aborted stream is estimated from. */
  get events(): number {
    return this.#events;
  }

  /** Takes a chunk; returns what can go on now. What belongs to an unfinished event waits. */
  push(chunk: Uint8Array): StreamPiece[] {
    const bytes =
      this.#carry.length > 0
        ? Buffer.concat([this.#carry, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const pieces: StreamPiece[] = [];
    let start = 0;
    for (let end = endOfEvent(bytes, start); end > 0; end = endOfEvent(bytes, start)) {
      const piece = this.#event(bytes.subarray(start, end));
      if (piece) pieces.push(piece);
      start = end;
    }
    this.#carry = bytes.subarray(start);
    return pieces;
  }

  /** What was left unfinished when the stream ended. */
  end(): StreamPiece[] {
    const rest = this.#carry;
    this.#carry = Buffer.alloc(0);
    if (rest.length === 0) return [];
    const piece = this.#event(rest);
    return piece ? [piece] : [];
  }

  #event(bytes: Buffer): StreamPiece | undefined {
    const pass: StreamPiece = { kind: 'pass', bytes };
    if (bytes.includes('[DONE]') && bytes.toString('latin1').trim() === 'data: [DONE]') {
      this.#isDone = true;
      return pass;
    }
    const mayBeError = bytes.includes('"error"');
    if (!mayBeError && !bytes.includes('"usage":')) {
      if (bytes.includes('data:')) this.#events++;
      return pass;
    }
    const data = parseEvent(bytes);
    if (
      mayBeError &&
      typeof data === 'object' &&
      data !== null &&
      'error' in data &&
      data.error &&
      !('choices' in data)
    ) {
      return { kind: 'error', error: data.error };
    }
    const usage = readUsage(data);
    if (!usage) {
      this.#events++;
      return pass;
    }
    this.#usage = usage;
    return this.#passUsage || !isUsageAlone(data) ? pass : undefined;
  }
}

/** Index after the blank line that ends an event; 0 when there is none yet. */
function endOfEvent(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(lineFeed, start); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === lineFeed) return at + 3;
  }
  return 0;
}

function parseEvent(bytes: Buffer): unknown {
  const data = bytes
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // not JSON: passed on as it is
  }
}

function isUsageAlone(data: unknown): boolean {
  return (
    typeof data === 'object' &&
    data !== null &&
    'choices' in data &&
    Array.isArray(data.choices) &&
    data.choices.length === 0
  );
}
