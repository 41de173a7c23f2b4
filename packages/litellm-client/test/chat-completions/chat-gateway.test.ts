import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chatCall, failed, never, open, succeeded, textOf } from '../helpers/gateway.ts';
import { sendJson, startLocalServer } from '../helpers/local-server.ts';

const stream = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('what is sent', () => {
  test('the body, the credential, and of headers only what the call holds', async () => {
    const server = await startLocalServer((_, response) => sendJson(response, 200, {}));
    const { chat } = open({ baseUrl: `${server.url}/litellm/` });
    const headers = { 'x-litellm-end-user-id': 'u1', authorization: 'Bearer other', accept: 'text/html' };
    succeeded(await chat.send(chatCall({ headers, body: { model: 'm', n: 1 } }), never));
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/litellm/v1/chat/completions',
      json: { model: 'm', n: 1 },
      headers: {
        authorization: 'Bearer sk-kw_caller_0123456789',
        'content-type': 'application/json',
        accept: 'application/json',
        'x-litellm-end-user-id': 'u1',
      },
    });
    expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('a streamed call asks for a stream of events', async () => {
    const server = await startLocalServer((_, response) => response.writeHead(200, stream).end('data: [DONE]\n\n'));
    const { chat } = open({ baseUrl: server.url });
    await textOf(succeeded(await chat.send(chatCall({ body: { stream: true } }), never)).body);
    expect(server.seen[0]?.headers.accept).toBe('text/event-stream');
  });

  test('a body that cannot be written is a bug and thrown', async () => {
    const { chat } = open({ baseUrl: 'http://127.0.0.1:1' });
    await expect(chat.send(chatCall({ body: { n: 1n } }), never)).rejects.toThrow(TypeError);
  });

  test('connections are used again', async () => {
    const server = await startLocalServer((_, response) => sendJson(response, 200, {}));
    const { chat } = open({ baseUrl: server.url });
    for (let call = 0; call < 20; call++) await textOf(succeeded(await chat.send(chatCall(), never)).body);
    expect(server.seen).toHaveLength(20);
    expect(server.connections()).toBeLessThanOrEqual(2); // the next call may come a moment before the last one is put back
  });

  test('no more connections than allowed', async () => {
    const server = await startLocalServer((_, response) => sendJson(response, 200, {}));
    const { chat } = open({ baseUrl: server.url, connections: 2 });
    const answers = Array.from({ length: 8 }, async () => textOf(succeeded(await chat.send(chatCall(), never)).body));
    await Promise.all(answers);
    expect(server.seen).toHaveLength(8);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});

describe('a success', () => {
  test.each(['application/json', 'text/event-stream'])(
    'of %s that is compressed all the same is a failure',
    async (type) => {
      const server = await startLocalServer((_, response) => {
        response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(gzipSync('{}'));
      });
      const failure = failed(await open({ baseUrl: server.url }).chat.send(chatCall(), never));
      expect(failure).toMatchObject({ kind: 'upstream_error', status: 502 });
    },
  );

  test('has the bytes, the cost in nano-USD and the id of the call, and no header of LiteLLM', async () => {
    const server = await startLocalServer((_, response) =>
      sendJson(
        response,
        200,
        { ok: 'ä' },
        {
          'x-litellm-response-cost': '1.2e-05',
          'x-litellm-call-id': 'call-1',
          'x-litellm-model-api-base': 'http://10.0.0.1/v1',
          'x-litellm-key-spend': '3.5',
          'x-litellm-key-max-budget': '10',
          'llm_provider-openai-organization': 'org-secret',
          'set-cookie': 'a=b',
        },
      ),
    );
    const answer = succeeded(await open({ baseUrl: server.url }).chat.send(chatCall(), never));
    expect(answer).toMatchObject({ status: 200, streamed: false, costNano: 12_000n, upstreamCallId: 'call-1' });
    expect(answer.headers).toEqual({ 'content-type': 'application/json' });
    expect(await textOf(answer.body)).toBe('{"ok":"ä"}');
  });

  test.each([
    ['0.011', 11_000_000n],
    ['0', 0n],
    ['None', null],
    [undefined, null],
  ])('a cost of %s is %s nano-USD', async (cost, nano) => {
    const headers = cost === undefined ? {} : { 'x-litellm-response-cost': cost };
    const server = await startLocalServer((_, response) =>
      sendJson(response, 200, {}, headers as Record<string, string>),
    );
    expect(succeeded(await open({ baseUrl: server.url }).chat.send(chatCall(), never)).costNano).toBe(nano);
  });

  test('a stream is passed on piece by piece, and has no cost', async () => {
    let response: ServerResponse | undefined;
    const server = await startLocalServer((_, toCaller) => {
      response = toCaller;
      toCaller.writeHead(200, { ...stream, 'x-litellm-response-cost': '0.5' }).write('data: 1\n\n');
    });
    const answer = succeeded(await open({ baseUrl: server.url }).chat.send(chatCall(), never));
    expect(answer).toMatchObject({ streamed: true, costNano: null });
    const chunks = answer.body[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value).toString()).toBe('data: 1\n\n'); // before the second is written
    response?.end('data: 2\n\n');
    expect(Buffer.from((await chunks.next()).value).toString()).toBe('data: 2\n\n');
    expect((await chunks.next()).done).toBe(true);
  });
});

describe('a failure is an answer, never thrown', () => {
  test('LiteLLM refuses', async () => {
    const body = { error: { message: 'Budget has been exceeded!', type: 'budget_exceeded', param: null, code: '422' } };
    const server = await startLocalServer((_, response) =>
      sendJson(response, 422, body, { 'x-litellm-call-id': 'call-2' }),
    );
    const answer = await open({ baseUrl: server.url }).chat.send(chatCall(), never);
    expect(failed(answer)).toMatchObject({
      kind: 'budget_exceeded',
      status: 422,
      message: 'Budget has been exceeded!',
    });
    expect(answer.upstreamCallId).toBe('call-2');
  });

  test.each([
    ['HTML', 502, 'text/html', '<html>'],
    ['HTML with status 200', 200, 'text/html', '<html>'],
    ['no JSON after all', 500, 'application/json', '{"error": '],
    ['an error that is too long', 400, 'application/json', JSON.stringify({ error: { message: 'x'.repeat(2 ** 20) } })],
  ])('%s is gateway_down', async (_, status, type, body) => {
    const server = await startLocalServer((_, response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    const failure = failed(await open({ baseUrl: server.url }).chat.send(chatCall(), never));
    expect(failure).toMatchObject({ kind: 'gateway_down', status });
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await startLocalServer((_, response) => sendJson(response, 200, {}));
    const server = await startLocalServer((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
    expect(failed(await open({ baseUrl: server.url }).chat.send(chatCall(), never))).toMatchObject({ status: 307 });
    expect(elsewhere.seen).toEqual([]);
  });

  test('nobody there, a cut connection, no answer in time', async () => {
    const nobody = failed(await open({ baseUrl: 'http://127.0.0.1:1' }).chat.send(chatCall(), never));
    expect(nobody).toMatchObject({
      kind: 'gateway_down',
      status: 0,
      message: 'LiteLLM cannot be reached (ECONNREFUSED).',
    });
    const cut = await startLocalServer((_, response) => response.destroy());
    expect(failed(await open({ baseUrl: cut.url }).chat.send(chatCall(), never))).toMatchObject({
      kind: 'gateway_down',
    });
    const silent = await startLocalServer(() => {});
    const slow = failed(await open({ baseUrl: silent.url, headersTimeoutMs: 50 }).chat.send(chatCall(), never));
    expect(slow).toMatchObject({ kind: 'gateway_down', status: 0, message: 'LiteLLM did not answer in time.' });
  });

  test('a call that was aborted before or while it waits', async () => {
    const server = await startLocalServer(() => {});
    const { chat } = open({ baseUrl: server.url });
    expect(failed(await chat.send(chatCall(), AbortSignal.abort()))).toMatchObject({ kind: 'gateway_down', status: 0 });
    expect(server.seen).toEqual([]);
    const controller = new AbortController();
    const answer = chat.send(chatCall(), controller.signal);
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort();
    expect(failed(await answer)).toMatchObject({ kind: 'gateway_down', message: 'The call to LiteLLM was aborted.' });
  });

  test('a closed gateway', async () => {
    const server = await startLocalServer((_, response) => sendJson(response, 200, {}));
    const litellm = open({ baseUrl: server.url });
    await litellm.close();
    expect(failed(await litellm.chat.send(chatCall(), never))).toMatchObject({ kind: 'gateway_down' });
  });
});

describe('the end of a stream', () => {
  /** A stream that goes on until its reader goes away, and a promise of that. */
  async function endless() {
    let gone: Promise<unknown> = Promise.resolve();
    const server = await startLocalServer((_, response) => {
      response.writeHead(200, stream).write('data: 1\n\n');
      const timer = setInterval(() => response.write('data: more\n\n'), 5);
      gone = once(response, 'close').then(() => clearInterval(timer));
    });
    const litellm = open({ baseUrl: server.url });
    const controller = new AbortController();
    const answer = succeeded(await litellm.chat.send(chatCall(), controller.signal));
    return { answer, controller, litellm, server, gone: () => gone };
  }

  test('leaving the loop early ends the upstream call', async () => {
    const { answer, gone } = await endless();
    for await (const chunk of answer.body) if (chunk.length > 0) break;
    await gone();
  });

  test('ending the iteration before its first step ends the upstream call', async () => {
    const { answer, gone } = await endless();
    await answer.body[Symbol.asyncIterator]().return?.();
    await gone();
  });

  test('aborting ends the upstream call and the reader learns of it', async () => {
    const { answer, controller, gone } = await endless();
    const read = textOf(answer.body);
    controller.abort(new Error('client went away'));
    await expect(read).rejects.toMatchObject({
      code: 'gateway_unavailable',
      message: 'The call to LiteLLM was aborted.',
    });
    await gone();
  });

  test('aborting ends the upstream call when nobody reads', async () => {
    const { controller, gone } = await endless();
    controller.abort();
    await gone();
  });

  test('closing ends the upstream call', async () => {
    const { answer, litellm, gone } = await endless();
    const read = textOf(answer.body);
    await litellm.close();
    await expect(read).rejects.toMatchObject({ code: 'gateway_unavailable' });
    await gone();
  });

  test('an answer that breaks off is an error, not an end', async () => {
    const server = await startLocalServer((_, response) => {
      response.writeHead(200, stream).write('data: 1\n\n', () => response.destroy());
    });
    const answer = succeeded(await open({ baseUrl: server.url }).chat.send(chatCall(), never));
    await expect(textOf(answer.body)).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });

  test('silence between two pieces is an error after its time', async () => {
    const server = await startLocalServer((_, response) => {
      response.writeHead(200, stream).write('data: 1\n\n');
    });
    const { chat } = open({ baseUrl: server.url, bodyTimeoutMs: 50 });
    await expect(textOf(succeeded(await chat.send(chatCall(), never)).body)).rejects.toMatchObject({
      code: 'gateway_unavailable',
      message: 'LiteLLM broke off its answer (UND_ERR_BODY_TIMEOUT).',
    });
  });
});
