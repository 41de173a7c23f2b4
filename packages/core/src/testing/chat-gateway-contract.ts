import {
  type ApiKeySecret,
  type GatewayAnswer,
  type GatewayCall,
  generateSecret,
  type MirrorKey,
  type RelayPath,
} from '@keywright/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mirrorFixture, type OpenedLiteLlm } from './mirror-fixture.ts';

/** What every `ChatGateway` promises, with keys that its own mirror made. */
export function describeChatGateway(name: string, open: () => Promise<OpenedLiteLlm>): void {
  describe(`${name}: chat gateway`, () => {
    let opened: OpenedLiteLlm;
    beforeAll(async () => {
      opened = await open();
    }, 120_000);
    afterAll(() => opened?.close(), 120_000);

    const patience = () => AbortSignal.timeout(30_000);

    const { aKey, aUser, mirror } = mirrorFixture(() => opened);

    async function aSecret(overrides: Partial<MirrorKey> = {}): Promise<ApiKeySecret> {
      const { key, secret } = aKey({ models: [...opened.models], ...overrides });
      await mirror().ensureUser(aUser(key.liteLlmUserId), patience());
      await mirror().createKey(key, secret, patience());
      return secret;
    }

    function send(credential: ApiKeySecret, extra: Partial<GatewayCall['body']> = {}, signal = patience()) {
      const path: RelayPath = '/v1/chat/completions';
      const body = {
        model: opened.models[0],
        messages: [{ role: 'user', content: 'one two three' }],
        max_tokens: 50,
        ...extra,
      };
      return opened.litellm.chat.send({ path, body, credential, headers: {} }, signal);
    }

    async function textOf(answer: GatewayAnswer): Promise<string> {
      if (!answer.ok) throw new Error(`${answer.failure.kind}: ${answer.failure.message}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }

    it('answers in one piece, with usage and what it cost', async () => {
      const answer = await send(await aSecret());
      expect(answer).toMatchObject({ ok: true, status: 200, streamed: false, costNano: expect.any(BigInt) });
      const body: unknown = JSON.parse(await textOf(answer));
      expect(body).toMatchObject({
        usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
      });
    });

    it('streams events up to [DONE], with usage where it is asked for', async () => {
      const answer = await send(await aSecret(), { stream: true, stream_options: { include_usage: true } });
      expect(answer).toMatchObject({ ok: true, streamed: true, costNano: null });
      const text = await textOf(answer);
      expect(text).toContain('"usage":');
      expect(text.trim().endsWith('data: [DONE]')).toBe(true);
    });

    it('can be left in mid-stream', async () => {
      const answer = await send(await aSecret(), { stream: true });
      if (!answer.ok) throw new Error('should stream');
      for await (const chunk of answer.body) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    });

    it.each<[string, () => Promise<ApiKeySecret>, object, string]>([
      ['a key that LiteLLM does not hold', async () => generateSecret(), {}, 'key_unknown'],
      ['a blocked key', () => aSecret({ blocked: true }), {}, 'key_blocked'],
      ['a model that the key may not use', () => aSecret({ models: ['another'] }), {}, 'model_denied'],
      ['a budget of nothing', () => aSecret({ maxBudget: 0n }), {}, 'budget_exceeded'],
    ])('tells %s as a failure, and shows no secret', async (_what, given, extra, kind) => {
      const secret = await given();
      const answer = await send(secret, extra);
      expect(answer).toMatchObject({ ok: false, failure: { kind } });
      expect(JSON.stringify(answer)).not.toContain(secret.reveal());
    });

    it('is a failure, and never throws, when the caller has left', async () => {
      const answer = await send(await aSecret(), {}, AbortSignal.abort(new Error('left')));
      expect(answer).toMatchObject({ ok: false, failure: { kind: 'gateway_down', status: 0 } });
    });

    it('reads whatever comes as an error in mid-stream', () => {
      for (const error of [undefined, null, 'text', {}, { message: 'cut', code: '500' }, [], 5]) {
        const failure = opened.litellm.chat.readStreamError(error);
        expect(failure).toMatchObject({ kind: expect.any(String), message: expect.any(String) });
      }
    });
  });
}
