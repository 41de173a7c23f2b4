import type { Clock } from '../clock.ts';
import type { VerifyResult } from '../keys/verify.ts';
import type { RelayRefusal } from './chat-completion-service.ts';
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
  /** The JSON that the caller gets for a refusal in mid-stream. */
  describeRefusal: (refusal: RelayRefusal) => unknown;
  clock: Clock;
  /** Verifies the call anew. */
  verify: () => Promise<VerifyResult>;
}

/** How often the key of a running stream is looked at again. */
const verifyEveryMs = 500;

type Ending = 'completed' | 'aborted' | 'broken';

/** Both for answers in one piece and for streams. */
export const brokenOff: GatewayFailure = {
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
  const watch = watchKey(parts);
  try {
    return await pumpUntilRevoked(parts, reader, write, watch);
  } finally {
    watch.stop();
  }
}

async function pumpUntilRevoked(
  parts: RelayedStreamParts,
  reader: EventStreamReader,
  write: (chunk: Uint8Array) => void | Promise<void>,
  watch: KeyWatch,
): Promise<Ending> {
  const chunks = parts.upstream[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => undefined);
    if (parts.callerLeft.aborted) {
      parts.abort();
      return 'aborted';
    }
    const revocation = watch.refusal();
    const pieces = next && (next.done ? reader.end() : reader.push(next.value));
    const refusal = revocation ?? (pieces ? firstFailure(pieces, parts.readError) : gatewayRefusal(brokenOff));
    try {
      if (!revocation) for (const piece of pieces ?? []) if (piece.kind === 'pass') await write(piece.bytes);
      if (refusal) await write(errorEvent(parts.describeRefusal(refusal)));
    } catch {
      parts.abort(); // the reader went away
      return 'aborted';
    }
    if (refusal) {
      parts.abort();
      return revocation ? 'aborted' : 'broken';
    }
    if (next?.done) return 'completed';
  }
}

function firstFailure(
  pieces: readonly StreamPiece[],
  readError: (error: unknown) => GatewayFailure,
): RelayRefusal | undefined {
  for (const piece of pieces) if (piece.kind === 'error') return gatewayRefusal(readError(piece.error));
  return undefined;
}

function gatewayRefusal(failure: GatewayFailure): RelayRefusal {
  return { by: 'gateway', failure };
}

interface KeyWatch {
  refusal(): RelayRefusal | undefined;
  stop(): void;
}

/**
 * Verifies the key of a running stream again and again, and ends the upstream call when it is refused: so a stream ends
 * soon after its key was deleted or blocked, also one that waits for its next chunk. A key that cannot be read is no
 * reason to end a stream.
 */
function watchKey({ clock, verify, abort }: RelayedStreamParts): KeyWatch {
  let refusal: RelayRefusal | undefined;
  let cancel = () => {};
  let isStopped = false;
  const look = async () => {
    const result = await verify().catch(() => undefined);
    if (isStopped) return;
    if (!result || result.ok) return lookLater();
    refusal = { by: 'verify', reason: result.reason };
    abort();
  };
  const lookLater = () => {
    cancel = clock.after(verifyEveryMs, () => void look());
  };
  lookLater();
  return {
    refusal: () => refusal,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function errorEvent(body: unknown): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(body)}\n\n`);
}
