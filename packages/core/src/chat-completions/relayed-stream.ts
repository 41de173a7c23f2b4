import { EventStreamReader, type StreamPiece } from './event-stream.ts';
import type { GatewayFailure } from './ports.ts';
import type { Settlement } from './settlement.ts';

/**
 * A streamed body. Whoever gets one calls exactly one of the two, so that the upstream call ends and its usage is
 * written in every case.
 */
export interface StreamBody {
  /**
   * Hands every chunk to `write` as it comes, and waits for it. Resolves at the end, also when the upstream broke (the
   * last chunk is then an error event) or `write` threw because the reader went away (the upstream call is ended).
   */
  pipe(write: (chunk: Uint8Array) => void | Promise<void>): Promise<void>;
  /** For a body that nobody will read. */
  cancel(): Promise<void>;
}

export interface RelayedStreamParts {
  upstream: AsyncIterable<Uint8Array>;
  settlement: Settlement;
  passUsage: boolean;
  upstreamCallId: string | null;
  /** Ends the upstream call. */
  abort: () => void;
  /** Aborted when the caller went away. */
  callerLeft: AbortSignal;
  /** Reads an error event of LiteLLM's. */
  readError: (error: unknown) => GatewayFailure;
  /** The JSON that the caller gets for a failure in mid-stream. */
  describeFailure: (failure: GatewayFailure) => unknown;
}

type Ending = 'completed' | 'aborted' | 'broken';

const broken: GatewayFailure = {
  kind: 'upstream_error',
  status: 502,
  message: 'The answer broke off.',
  param: null,
  retryAfterSeconds: null,
};

export function relayStream(parts: RelayedStreamParts): StreamBody {
  const reader = new EventStreamReader(parts.passUsage);
  const settle = (outcome: Ending) => {
    const { usage, events: receivedTokens } = reader;
    parts.settlement.settle({ outcome, usage, receivedTokens, upstreamCallId: parts.upstreamCallId });
  };
  return {
    async pipe(write) {
      settle(await pump(parts, reader, write));
    },
    async cancel() {
      parts.abort();
      settle('aborted');
    },
  };
}

async function pump(
  parts: RelayedStreamParts,
  reader: EventStreamReader,
  write: (chunk: Uint8Array) => void | Promise<void>,
): Promise<Ending> {
  const chunks = parts.upstream[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => undefined);
    if (parts.callerLeft.aborted) {
      parts.abort();
      return 'aborted';
    }
    const pieces = next === undefined ? [] : next.done ? reader.end() : reader.push(next.value);
    const failure = next === undefined ? broken : firstFailure(pieces, parts.readError);
    try {
      for (const piece of pieces) if (piece.kind === 'pass') await write(piece.bytes);
      if (failure) await write(errorEvent(parts.describeFailure(failure)));
    } catch {
      parts.abort(); // the reader went away
      return 'aborted';
    }
    if (failure) {
      parts.abort();
      return 'broken';
    }
    if (next?.done) return 'completed';
  }
}

function firstFailure(
  pieces: readonly StreamPiece[],
  readError: (error: unknown) => GatewayFailure,
): GatewayFailure | undefined {
  for (const piece of pieces) if (piece.kind === 'error') return readError(piece.error);
  return undefined;
}

function errorEvent(body: unknown): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(body)}\n\n`);
}
