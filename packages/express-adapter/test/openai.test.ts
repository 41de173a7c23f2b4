import { createKeywrightRouter } from '@keywright/express-adapter';
import express from 'express';
import OpenAI, { AuthenticationError, BadRequestError, RateLimitError } from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { delta, PacedUpstream } from '../../http-api/test/paced-upstream.ts';
import { actorOf, createWorld, type WorldOptions } from '../../http-api/test/world.ts';
import { serve } from './express-mount.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const served of opened.splice(0)) await served.close();
});

async function open(options?: WorldOptions) {
  const world = await createWorld(options);
  const app = express();
  app.use(createKeywrightRouter({ ...world.options, authenticate: (req) => actorOf(req.get('authorization')) }));
  const served = await serve(app);
  opened.push(served);
  const actor = actorOf('Bearer token-of-alice');
  if (!actor) throw new Error('Alice is not there.');
  const { secret, apiKey } = await world.keywright.keys.create(actor, { name: 'a key' });
  const client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: secret.reveal(), maxRetries: 0 });
  return { ...world, ...served, client, id: apiKey.id, actor };
}

const body = { model: 'gpt-a', messages: [{ role: 'user' as const, content: 'one two three' }] };
const failure = { message: 'inside', param: null, retryAfterSeconds: null };

describe("OpenAI's own client", () => {
  test('chats', async () => {
    const { client, events } = await open();
    const answer = await client.chat.completions.create(body);
    expect(answer.choices[0]?.message.content).toBe('one two three');
    expect(events).toMatchObject([{ outcome: 'completed', inputTokens: 4 }]);
  });

  test('chats in a stream, with usage where it asks for it', async () => {
    const { client } = await open();
    const stream = await client.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    const words: string[] = [];
    let total = 0;
    for await (const chunk of stream) {
      words.push(chunk.choices[0]?.delta.content ?? '');
      total = chunk.usage?.total_tokens ?? total;
    }
    expect([words.join(''), total]).toEqual(['one two three', 8]);
  });

  test('aborts a stream, which ends the call upstream', async () => {
    const upstream = new PacedUpstream();
    const { client, events, nextEvent } = await open({ wrap: (litellm) => ({ ...litellm, chat: upstream }) });
    const stream = await client.chat.completions.create({ ...body, stream: true });
    upstream.push(delta('one'));
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('one');
      stream.controller.abort();
    }
    await upstream.aborted;
    await nextEvent();
    expect(events).toMatchObject([{ outcome: 'aborted' }]);
  });

  test('raises an error for a stream that breaks', async () => {
    const upstream = new PacedUpstream();
    const { client } = await open({ wrap: (litellm) => ({ ...litellm, chat: upstream }) });
    const stream = await client.chat.completions.create({ ...body, stream: true });
    upstream.push(delta('one'));
    upstream.break();
    const reading = async () => {
      for await (const _ of stream);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'upstream_error', message: 'The answer broke off.' });
  });

  test('makes embeddings and lists models', async () => {
    const { client } = await open();
    const { data } = await client.embeddings.create({ model: 'gpt-b', input: ['a', 'b'], encoding_format: 'float' });
    expect(data).toHaveLength(2);
    const models: string[] = [];
    for await (const model of client.models.list()) models.push(model.id);
    expect(models).toEqual(['gpt-a', 'gpt-b']);
  });

  test('raises AuthenticationError for a key that is gone', async () => {
    const { client, keywright, id, actor } = await open();
    await keywright.keys.delete(actor, id);
    const error = await client.chat.completions.create(body).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'authentication_error' });
  });

  test('raises RateLimitError for a spent budget, and does not repeat the call', async () => {
    const { client, litellm } = await open();
    litellm.upstream.failNextChat({ ...failure, kind: 'budget_exceeded', status: 422 });
    const error = await client.chat.completions.create(body, { maxRetries: 2 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(litellm.upstream.chatCalls).toHaveLength(1);
  });

  test('repeats a call that met a rate limit, after the time that it was told', async () => {
    const { client, litellm } = await open();
    litellm.upstream.failNextChat({ ...failure, kind: 'rate_limited', status: 429, retryAfterSeconds: 1 });
    const answer = await client.chat.completions.create(body, { maxRetries: 1 });
    expect(answer.choices[0]?.message.content).toBe('one two three');
    expect(litellm.upstream.chatCalls).toHaveLength(2);
  });

  test('raises BadRequestError with the field', async () => {
    const { client } = await open();
    const error = await client.chat.completions.create({ ...body, messages: [] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'validation_failed', param: 'messages' });
  });
});
