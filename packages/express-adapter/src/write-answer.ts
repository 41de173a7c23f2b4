import { type HttpAnswer, isStreamBody } from '@keywright/http-api';
import type { Response } from 'express';

/**
 * Writes an answer as it is. A stream goes out chunk by chunk, no faster than the caller reads.
 *
 * @param departure aborts when the caller goes away; whoever waits for the caller then stops waiting
 * @param stallMs how long a caller may read nothing at all before the connection is closed
 */
export async function writeAnswer(
  res: Response,
  { status, headers, body }: HttpAnswer,
  departure: AbortSignal,
  stallMs = 60_000,
): Promise<void> {
  if (departure.aborted || res.headersSent) {
    if (isStreamBody(body)) await body.cancel();
    return;
  }
  try {
    res.writeHead(status, headers);
  } catch (error) {
    if (isStreamBody(body)) await body.cancel();
    throw error;
  }
  if (!isStreamBody(body)) {
    res.end(body);
    return;
  }
  res.flushHeaders();
  await body.pipe((chunk) => {
    departure.throwIfAborted();
    if (!res.write(chunk)) return drained(res, departure, stallMs);
  });
  res.end();
}

async function drained(res: Response, departure: AbortSignal, stallMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = () => resolve();
  const stalled = setTimeout(() => {
    reject(new Error('The caller reads nothing.'));
    res.destroy();
  }, stallMs).unref();
  res.once('drain', leave);
  departure.addEventListener('abort', leave);
  try {
    await promise;
  } finally {
    clearTimeout(stalled);
    res.off('drain', leave);
    departure.removeEventListener('abort', leave);
  }
  departure.throwIfAborted();
}
