import { expect, it } from 'vitest';
import { bench } from '../support/client.ts';
import { events, openStream } from '../support/stream.ts';

it('C62 a stream ends with a usage chunk, only if asked for, and [DONE]', async () => {
  const { standIn, newKey } = bench();
  const key = await newKey();
  const asked = await events(await openStream(standIn, key, 'hi', { usage: true }));
  expect(asked.at(-1)).toBe('[DONE]');
  expect(asked.at(-2)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
  const plain = await events(await openStream(standIn, key, 'hi'));
  expect(plain.slice(0, -1).some((event) => 'usage' in event)).toBe(false);
  expect(plain.at(-2).choices[0].finish_reason).toBe('stop');
  const text = plain.slice(0, -1).map((event) => event.choices[0].delta.content ?? '');
  expect(text.join('')).toBe('echo: hi');
});

it('a stream has no response cost in its headers, and the spend before it', async () => {
  const { standIn, newKey } = bench();
  const key = await newKey();
  await (await openStream(standIn, key, 'hi')).text();
  const { headers } = await openStream(standIn, key, 'hi');
  expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(headers.get('x-litellm-response-cost')).toBeNull();
  expect(headers.get('x-litellm-response-cost-original')).toBe('0.0');
  expect(headers.get('x-litellm-key-spend')).toBe('0.005');
  expect(headers.get('x-litellm-version')).toBe('1.109.1');
});

it('a stream is charged when its end has been read', async () => {
  const { standIn, newKey } = bench();
  await (await openStream(standIn, await newKey(), '!tokens=22 a b c')).text();
  expect(standIn.keys()[0]?.spendNano).toBe(48_000_000n);
});

it('a client that cancels a stream pays for what was sent', async () => {
  const { standIn, newKey, send } = bench();
  const { body } = await openStream(standIn, await newKey(), '!tokens=22 a b c');
  const reader = body?.getReader();
  // The role comes first, then one word per event.
  for (let event = 0; event < 4; event += 1) await reader?.read();
  await send('GET /key/list'); // Time in which a stream that runs ahead of its reader would.
  await reader?.cancel();
  expect(standIn.keys()[0]?.spendNano).toBe(4_000_000n + 3n * 2_000_000n);
});

it('a client that aborts its request pays for what was sent', async () => {
  const { standIn, newKey } = bench();
  const leaving = new AbortController();
  const { body } = await openStream(standIn, await newKey(), '!stall=2 a b c', { signal: leaving.signal });
  const reader = body?.getReader();
  for (let event = 0; event < 3; event += 1) await reader?.read();
  const silent = reader?.read();
  leaving.abort(new Error('left'));
  await expect(silent).rejects.toThrow('left');
  expect(standIn.keys()[0]?.spendNano).toBe(4_000_000n + 2n * 2_000_000n);
});

it('C73 a stream that the upstream cuts ends in an error event without finish reason, then [DONE]', async () => {
  const { standIn, newKey } = bench();
  const response = await openStream(standIn, await newKey(), '!cut one two three');
  const all = await events(response);
  expect(response.status).toBe(200);
  expect(all.at(-2).error).toMatchObject({ type: 'internal_server_error', param: null, code: '500' });
  expect(all.at(-1)).toBe('[DONE]');
  expect(all.slice(0, -2).every(({ choices }) => choices[0].finish_reason === null)).toBe(true);
});

it('C74 an upstream that fails before the first chunk answers with its status', async () => {
  const { standIn, newKey } = bench();
  const response = await openStream(standIn, await newKey(), '!status=503');
  expect(response.status).toBe(503);
  expect(((await response.json()) as { error: { code: string } }).error.code).toBe('503');
  expect(standIn.keys()[0]?.spend).toBe(0);
});

it('!delay waits before the answer, and a reset ends the wait', async () => {
  const { standIn, newKey, chat } = bench();
  expect((await chat(await newKey(), '!delay=1')).status).toBe(200);
  const waiting = expect(chat(standIn.masterKey, '!delay=600000')).rejects.toThrow(TypeError);
  while (standIn.upstreamCalls.length < 2) await Promise.resolve();
  standIn.reset();
  await waiting;
});
