/** Tokens of a call, as the provider counted them. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Reads the `usage` of an answer; undefined when there is none, or none with a count in it. */
export function readUsage(answer: unknown): TokenUsage | undefined {
  const usage = fieldOf(answer, 'usage');
  const inputTokens = tokens(fieldOf(usage, 'prompt_tokens'));
  const outputTokens = tokens(fieldOf(usage, 'completion_tokens'));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
}

/** What is no sensible count is none: a provider's word is not trusted to fit the ledger. */
function tokens(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1e12 ? Math.round(value) : undefined;
}

/** A field of what may be no object at all. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** What is to be done with a piece of the stream. */
export type StreamPiece = { kind: 'pass'; bytes: Uint8Array } | { kind: 'error'; error: unknown };

const lineFeed = 10;
const carriageReturn = 13;

/** Longest event that is put together: what is longer is no answer of a model. */
const maxEventBytes = 1024 * 1024;

/**
 * Reads a stream of server-sent events in passing. Bytes go on as they came; only an event that may carry usage or an
 * error is parsed. In JSON a quote inside a text is escaped, so a field cannot be part of what a model says.
 */
export class EventStreamReader {
  readonly #passUsage: boolean;
  /** Pieces of the unfinished event. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isLineEmpty = true;
  #lastByte = 0;
  #usage: TokenUsage | undefined;
  #events = 0;

  /** @param passUsage whether the event that holds nothing but usage goes on to the caller */
  constructor(passUsage: boolean) {
    this.#passUsage = passUsage;
  }

  get usage(): TokenUsage | undefined {
    return this.#usage;
  }

  /** Events with content, about one token each: what an aborted stream is estimated from. */
  get events(): number {
    return this.#events;
  }

  /**
   * Takes a chunk; returns what can go on now. What belongs to an unfinished event waits. Undefined: the event is too
   * long to go on with. Each byte is looked at once, however small the chunks are.
   */
  push(chunk: Uint8Array): StreamPiece[] | undefined {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const pieces: StreamPiece[] = [];
    let start = 0;
    let isEmpty = this.#isLineEmpty;
    let last = this.#lastByte;
    for (let at = 0; at < bytes.length; at++) {
      const isBreakInTwo = last === carriageReturn && bytes[at] === lineFeed;
      last = bytes[at] ?? 0;
      if (isBreakInTwo) {
        if (at === 0 && this.#waitingBytes === 0) pieces.push({ kind: 'pass', bytes: bytes.subarray(0, ++start) });
        continue;
      }
      const isBreak = last === lineFeed || last === carriageReturn;
      if (isBreak && isEmpty) {
        if (last === carriageReturn && bytes[at + 1] === lineFeed) last = bytes[++at] ?? 0;
        this.#wait(bytes.subarray(start, at + 1));
        if (this.#waitingBytes > maxEventBytes) return undefined;
        pieces.push(...this.end());
        start = at + 1;
      }
      isEmpty = isBreak;
    }
    this.#isLineEmpty = isEmpty;
    this.#lastByte = last;
    this.#wait(bytes.subarray(start));
    return this.#waitingBytes > maxEventBytes ? undefined : pieces;
  }

  /** What was left unfinished when the stream ended. */
  end(): StreamPiece[] {
    const [first, ...more] = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const piece = first && this.#event(more.length > 0 ? Buffer.concat([first, ...more]) : first);
    return piece ? [piece] : [];
  }

  #wait(bytes: Buffer): void {
    if (bytes.length > 0) this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #event(bytes: Buffer): StreamPiece | undefined {
    const pass: StreamPiece = { kind: 'pass', bytes };
    if (!bytes.includes('"error"') && !bytes.includes('"usage"')) {
      if (bytes.includes('data:') && bytes.toString('latin1').trim() !== 'data: [DONE]') this.#events++;
      return pass;
    }
    const data = parseEvent(bytes);
    const choices = fieldOf(data, 'choices');
    const error = fieldOf(data, 'error');
    if (error && choices === undefined) return { kind: 'error', error };
    const usage = readUsage(data);
    if (!usage) {
      this.#events++;
      return pass;
    }
    this.#usage = usage;
    const isUsageAlone = Array.isArray(choices) && choices.length === 0;
    return this.#passUsage || !isUsageAlone ? pass : undefined;
  }
}

function parseEvent(bytes: Buffer): unknown {
  const data = bytes
    .toString('utf8')
    .split(/\r\n?|\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // not JSON: passed on as it is
  }
}
