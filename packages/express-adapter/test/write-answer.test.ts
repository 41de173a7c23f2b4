import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { StreamBody } from '@keywright/core';
import express, { type Response } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { writeAnswer } from '../src/write-answer.ts';

/** Serves one answer to one caller; what `write` did, and the caller's socket. */
async function serveOnce(write: (res: Response) => Promise<void>) {
  const done = Promise.withResolvers<void>();
  const app = express();
  app.get('/', (_, res) => void write(res).then(done.resolve, done.reject));
  done.promise.catch(() => {});
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  return { done: done.promise, socket };
}

function streamOf(chunk: Uint8Array, count: number) {
  const seen = { cancelled: 0, written: 0, error: undefined as unknown };
  const body: StreamBody = {
    async pipe(write) {
      try {
        for (; seen.written < count; seen.written++) await write(chunk);
      } catch (error) {
        seen.error = error;
      }
    },
    async cancel() {
      seen.cancelled++;
    },
  };
  return { body, seen };
}

test('a stream whose headers cannot be written is cancelled', async () => {
  const { body, seen } = streamOf(Buffer.from('a'), 1);
  const answer = { status: 200, headers: { 'x-broken': 'a\nb' }, body };
  const { done } = await serveOnce((res) => writeAnswer(res, answer, new AbortController().signal));
  await expect(done).rejects.toThrow(/header/);
  expect(seen).toMatchObject({ cancelled: 1, written: 0 });
});

test('a caller who keeps the connection but reads nothing is gone after a while', async () => {
  const { body, seen } = streamOf(Buffer.alloc(1_000_000), 100);
  const answer = { status: 200, headers: {}, body };
  const { done, socket } = await serveOnce((res) => writeAnswer(res, answer, new AbortController().signal, 50));
  socket.pause();
  await done;
  expect(seen.error).toBeInstanceOf(Error);
  expect(seen.written).toBeLessThan(100);
  socket.resume();
  await once(socket, 'close');
});

test('waiting for a slow caller leaves no listener behind', async () => {
  const departure = new AbortController();
  let listeners = 0;
  const { signal } = departure;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners++;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners--;
    remove(...given);
  };
  const { body, seen } = streamOf(Buffer.alloc(1_000_000), 20);
  const { done, socket } = await serveOnce((res) => writeAnswer(res, { status: 200, headers: {}, body }, signal));
  socket.resume();
  await done;
  expect([seen.written, listeners]).toEqual([20, 0]);
});
