import type { Clock } from '@keywright/core';
import { describe, expect, test } from 'vitest';
import { createLiteLlmClient, type LiteLlmClientOptions, LiteLlmError } from '../src/index.ts';
import { type Answer, sendJson, startLocalServer } from './helpers/local-server.ts';

const hash = 'b'.repeat(64);
const down: Answer = (_, response) => sendJson(response, 503, { error: { message: 'x' } });
const up: Answer = (_, response) => sendJson(response, 200, { info: {} });

async function open(options: Partial<LiteLlmClientOptions> = {}) {
  const now = { ms: 1_000_000 };
  const clock: Clock = { now: () => now.ms, after: () => () => {} };
  const state = { answer: down };
  const server = await startLocalServer((request, response) => state.answer(request, response));
  const client = createLiteLlmClient({
    baseUrl: server.url,
    masterKey: 'sk-1234',
    retries: 0,
    breaker: { failures: 3, openMs: 1_000 },
    clock,
    ...options,
  });
  const call = () =>
    client.keys.info(hash).then(
      () => 'ok',
      (error: unknown) => (error instanceof LiteLlmError ? error.reason : 'bug'),
    );
  const times = async (count: number) => {
    const ends: string[] = [];
    for (let done = 0; done < count; done++) ends.push(await call());
    return ends;
  };
  return { server, client, call, times, now, answerWith: (answer: Answer) => Object.assign(state, { answer }) };
}

describe('the circuit breaker', () => {
  test('opens after so many outages in a row: then nothing is sent', async () => {
    const { server, times, client } = await open();
    expect(await times(5)).toEqual(['server_error', 'server_error', 'server_error', 'circuit_open', 'circuit_open']);
    expect(server.seen).toHaveLength(3);
    await expect(client.keys.info(hash)).rejects.toMatchObject({
      refused: false,
      status: null,
      retryAfterSeconds: 1,
      message: 'LiteLLM failed several times in a row: no call is sent to it for now, try again in 1 s.',
    });
  });

  test.each<[string, Answer]>([
    ['no answer', (_, response) => response.destroy()],
    ['a load balancer in its place', (_, response) => response.writeHead(502).end('<html>')],
    ['a database that is down', (_, response) => sendJson(response, 500, { error: { message: 'DB not connected' } })],
  ])('%s is an outage', async (_, answer) => {
    const { times, answerWith } = await open();
    answerWith(answer);
    expect((await times(4)).at(-1)).toBe('circuit_open');
  });

  test('an answer that comes too late is an outage', async () => {
    const { times, answerWith } = await open({ timeoutMs: 30 });
    answerWith(() => {});
    expect(await times(4)).toEqual(['timeout', 'timeout', 'timeout', 'circuit_open']);
  });

  test.each([400, 401, 403, 404, 409, 422, 429])('a %i never counts, and ends a row of outages', async (status) => {
    const { times, answerWith } = await open();
    const refuse: Answer = (_, response) => sendJson(response, status, { error: { message: 'no' } });
    answerWith(refuse);
    await times(5);
    answerWith(down);
    await times(2);
    answerWith(refuse);
    await times(1);
    answerWith(down);
    expect(await times(2)).toEqual(['server_error', 'server_error']);
  });

  test('an outage of the database that 1.81.12 tells as a 401 neither counts nor ends a row', async () => {
    const { times, answerWith } = await open();
    const message = "Authentication Error, Can't reach database server";
    const told: Answer = (_, response) => sendJson(response, 401, { error: { message, type: 'auth_error' } });
    answerWith(told);
    expect(new Set(await times(5))).toEqual(new Set(['database_down']));
    answerWith(down);
    await times(2);
    answerWith(told);
    await times(1);
    answerWith(down);
    expect(await times(2)).toEqual(['server_error', 'circuit_open']);
  });

  test('a call that the caller gave up says nothing of LiteLLM', async () => {
    const { client, times } = await open();
    await times(2);
    await expect(client.keys.info(hash, AbortSignal.abort())).rejects.toMatchObject({ reason: 'aborted' });
    expect(await times(2)).toEqual(['server_error', 'circuit_open']);
  });

  test('after its time one call tries; the others wait for how that ends', async () => {
    const { server, call, times, now, answerWith } = await open();
    await times(3);
    now.ms += 999;
    expect(await call()).toBe('circuit_open');
    now.ms += 1;
    const held: (() => void)[] = [];
    answerWith((request, response) => held.push(() => up(request, response)));
    const trying = call();
    await expect.poll(() => held.length).toBe(1);
    expect(await times(2)).toEqual(['circuit_open', 'circuit_open']);
    held[0]?.();
    expect(await trying).toBe('ok');
    answerWith(up);
    expect(await times(2)).toEqual(['ok', 'ok']);
    expect(server.seen).toHaveLength(6);
  });

  test('a try that fails opens it for as long again; a try that was given up leaves the next one free', async () => {
    const { client, times, now, answerWith } = await open();
    await times(3);
    now.ms += 1_000;
    expect(await times(2)).toEqual(['server_error', 'circuit_open']);
    now.ms += 1_000;
    await expect(client.keys.info(hash, AbortSignal.abort())).rejects.toMatchObject({ reason: 'aborted' });
    answerWith(up);
    expect(await times(1)).toEqual(['ok']);
  });

  test('a clock that is set back does not keep it open', async () => {
    const { times, now, answerWith } = await open();
    await times(3);
    now.ms -= 3_600_000;
    answerWith(up);
    expect(await times(1)).toEqual(['ok']);
  });

  test('repetitions of one call count once', async () => {
    const { server, times } = await open({ retries: 2 });
    expect(await times(4)).toEqual(['server_error', 'server_error', 'server_error', 'circuit_open']);
    expect(server.seen).toHaveLength(9);
  });

  test('health is asked all the same', async () => {
    const { client, times, answerWith } = await open();
    await times(3);
    answerWith((_, response) => sendJson(response, 200, { status: 'healthy', db: 'connected' }));
    expect(await client.health.readiness()).toMatchObject({ db: 'connected' });
    expect(await times(1)).toEqual(['circuit_open']);
  });

  test('null: there is none', async () => {
    const { times } = await open({ breaker: null });
    expect(new Set(await times(20))).toEqual(new Set(['server_error']));
  });

  test.each([
    { failures: 0, openMs: 1 },
    { failures: 1, openMs: 0 },
    { failures: 1.5, openMs: 1 },
  ])('of %j is refused', (breaker) => {
    const make = () => createLiteLlmClient({ baseUrl: 'http://127.0.0.1:1', masterKey: 'sk-1', breaker });
    expect(make).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
  });
});
