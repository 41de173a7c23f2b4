import type { StreamBody } from '@keywright/core';

/**
 * A stream body as a web stream. It is piped from the start, so that the call is settled in every case; but each chunk
 * waits until the reader asks for it, so a slow reader holds the upstream back. A reader who goes away ends the
 * upstream call.
 *
 * @param signal aborts when the reader is gone, whoever notices it first
 * @param leave called when the reader cancels; aborts the signal
 */
export function toReadableStream(
  body: StreamBody,
  signal: AbortSignal,
  leave: (reason: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let asked = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => asked.resolve(), { once: true });
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const write = async (chunk: Uint8Array) => {
          signal.throwIfAborted();
          await asked.promise;
          signal.throwIfAborted();
          asked = Promise.withResolvers();
          controller.enqueue(new Uint8Array(chunk)); // a copy: the reader may keep it, and the relay may not
        };
        void body.pipe(write).then(
          () => (signal.aborted ? controller.error(signal.reason) : controller.close()),
          (error: unknown) => controller.error(error),
        );
      },
      pull: () => asked.resolve(),
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
