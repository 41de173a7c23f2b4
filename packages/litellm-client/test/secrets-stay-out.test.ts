import { inspect } from 'node:util';
import { ApiKeySecret } from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatCall, failed, never, open } from './helpers/gateway.ts';
import { mirrorKey } from './helpers/keys.ts';
import { startLocalServer } from './helpers/local-server.ts';

const masterKey = 'sk-1234';
const secret = new ApiKeySecret('sk-kw_PlantedSecret0123456789abcdefghijklmnopqrst');
const foreign = 'sk-proj-ForeignSecret9876543210';
const planted = [masterKey, secret.reveal(), foreign];

/** Where a secret may stand in a text. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(...planted.map((one) => ` ${one}`), ...planted.map((one) => `'${one}`)),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

const repr = text.map((inner) => `{'error': '${inner}'}`);
const message = fc.oneof(
  text,
  repr,
  text.map((inner) => `litellm.BadRequestError: ${inner}`),
);
const word = fc.oneof(fc.constantFrom(null, 'None', 'auth_error', 'budget_exceeded', 'token_not_found_in_db'), text);

const envelope = fc.oneof(
  fc.record({ error: fc.record({ message, type: word, param: word, code: word }) }),
  fc.record({ error: message }),
  fc.record({ detail: fc.oneof(message, fc.record({ error: message }), fc.record({ message })) }),
  fc.record({ detail: fc.array(fc.record({ loc: fc.array(text), msg: message, input: text }), { maxLength: 7 }) }),
  fc.record({ type: fc.constant('urn:litellm:error:x'), title: message, detail: message }),
);
const answer = fc.record({
  status: fc.constantFrom(200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503),
  type: fc.constantFrom('application/json', 'text/html'),
  body: fc.oneof(
    envelope.map((body) => JSON.stringify(body)),
    text,
    envelope.map((body) => JSON.stringify(body).slice(0, -3)),
  ),
});

async function serve() {
  const next: { status: number; type: string; body: string } = { status: 500, type: 'text/html', body: '' };
  const server = await startLocalServer((_, response) =>
    response.writeHead(next.status, { 'content-type': next.type }).end(next.body),
  );
  const litellm = open({ baseUrl: server.url, masterKey, retries: 0 });
  return { litellm, answerWith: (wanted: typeof next) => Object.assign(next, wanted) };
}

function expectClean(value: unknown) {
  const shown = `${inspect(value, { depth: 20, showHidden: true })}${JSON.stringify(value)}${String(value)}`;
  for (const one of planted) expect(shown).not.toContain(one);
}

describe('no error shows a planted secret, whatever LiteLLM says', () => {
  test('of the management API, its causes included', async () => {
    const { litellm, answerWith } = await serve();
    await fc.assert(
      fc.asyncProperty(answer, async (wanted) => {
        answerWith(wanted);
        const { mirror } = litellm;
        const calls = [
          mirror.createKey(mirrorKey(), secret, never),
          mirror.updateKey(secret.hash, { tpmLimit: 1 }, never),
        ];
        for (const result of await Promise.allSettled(calls))
          if (result.status === 'rejected') expectClean(result.reason);
      }),
      { numRuns: 150 },
    );
  });

  test('of the data plane', async () => {
    const { litellm, answerWith } = await serve();
    await fc.assert(
      fc.asyncProperty(answer, async (wanted) => {
        answerWith(wanted);
        const result = await litellm.chat.send(chatCall({ credential: secret }), never);
        if (result.ok) for await (const _ of result.body);
        else expectClean(failed(result));
      }),
      { numRuns: 150 },
    );
  });

  test('inside a stream', () => {
    const { chat } = open({ baseUrl: 'http://127.0.0.1:1', masterKey });
    fc.assert(
      fc.property(envelope, (body) => {
        expectClean(chat.readStreamError('error' in body ? body.error : body));
      }),
    );
  });

  test('of a connection that fails', async () => {
    const litellm = open({ baseUrl: 'http://127.0.0.1:1', masterKey, retries: 0 });
    expectClean(await litellm.mirror.createKey(mirrorKey(), secret, never).catch((error: unknown) => error));
    expectClean(await litellm.chat.send(chatCall({ credential: secret }), never));
    const odd = new ApiKeySecret('sk-odd\nPlantedHeader');
    const refused = await litellm.chat.send(chatCall({ credential: odd }), never);
    expect(JSON.stringify(refused)).not.toContain('PlantedHeader');
  });

  test('of an answer that is cut in the middle of a secret it echoes', async () => {
    const server = await startLocalServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"key": "${secret.reveal()}" `);
    });
    const { mirror } = open({ baseUrl: server.url, masterKey });
    expectClean(await mirror.createKey(mirrorKey(), secret, never).catch((error: unknown) => error));
  });
});
