import { type HttpAnswer, isStreamBody } from '@keywright/http-api';
import type { Response } from 'express';

/**
 * Writes an answer as it is. A stream goes out chunk by chunk, no faster than the caller reads.
 *
 * @param departure aborts when the caller goes away; whoever waits for the caller then stops waiting
 */
export async function writeAnswer(
  res: Response,
  { status, headers, body }: HttpAnswer,
  departure: AbortSignal,
): Promise<void> {
  if (departure.aborted || res.headersSent) {
    if (isStreamBody(body)) await body.cancel();
    return;
  }
  res.writeHead(status, headers);
  if (!isStreamBody(body)) {
    res.end(body);
    return;
  }
  res.flushHeaders();
  await body.pipe((chunk) => {
    departure.throwIfAborted();
    if (!res.write(chunk)) return drained(res, departure);
  });
  res.end();
}

async function drained(res: Response, departure: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  res.once('drain', resolve);
  departure.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  res.off('drain', resolve);
  departure.throwIfAborted();
}
