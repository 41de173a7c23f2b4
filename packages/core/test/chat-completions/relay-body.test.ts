import { generateSecret } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { readRelayBody, writeRelayBody } from '../../src/chat-completions/relay-body.ts';

const none = new Set<string>();
const messages = [{ role: 'user', content: 'hello' }];
const chat = (extra: Record<string, unknown> = {}, allowed: ReadonlySet<string> = none) =>
  readRelayBody('/v1/chat/completions', { model: 'a', messages, ...extra }, allowed);
const model = {
  name: 'a',
  inputCostPerMillion: null,
  outputCostPerMillion: null,
  maxInputTokens: null,
  maxOutputTokens: 100,
};

describe('a relayed body', () => {
  it.each([
    'api_base',
    'api_key',
    'base_url',
    'fallbacks',
    'mock_response',
    'metadata',
    'user_config',
    'litellm_params',
    'litellm_metadata',
    'model_list',
    'num_retries',
    'tags',
    'guardrails',
    'extra_headers',
    'custom_llm_provider',
    'input_cost_per_token',
    'mock_testing_fallbacks',
    'vertex_credentials',
    'aws_secret_access_key',
    'provider_specific_header',
    'client',
    'self',
    'acompletion',
    'azure',
    'langfuse_secret_key',
    'store',
    'API_BASE',
    'constructor',
    'anything_new',
  ])('is refused with %s, which is no field of a model', (field) => {
    expect(() => chat({ [field]: 'x' })).toThrow(
      `${field}: is not accepted here; leave it out, or ask the host to allow it (allowedFields)`,
    );
  });

  it('passes another field that the host allows', () => {
    expect(writeRelayBody(chat({ metadata: { a: 'b' } }, new Set(['metadata'])), undefined)).toMatchObject({
      metadata: { a: 'b' },
    });
  });

  it('refuses in embeddings what belongs to chats', () => {
    const body = { model: 'a', input: 'x', dimensions: 5, encoding_format: 'float', user: 'u' };
    expect(readRelayBody('/v1/embeddings', body, none).fields).not.toHaveProperty('user');
    expect(() => readRelayBody('/v1/embeddings', { ...body, temperature: 1 }, none)).toThrow('temperature: is not');
  });

  it('leaves no half of a secret, and no long text, where it names a field', () => {
    const secret = generateSecret().reveal();
    for (let start = 0; start <= 100; start += 7) {
      const name = `${'x'.repeat(start)}${secret}${'y'.repeat(100_000)}`;
      expect(() => chat({ [name]: 1 })).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/sk-kw_|.{400}/) }),
      );
    }
  });

  it('passes the parameters of other providers that are safe', () => {
    const body = writeRelayBody(chat({ top_k: 5, thinking: { type: 'enabled' } }), undefined);
    expect(body).toEqual({ model: 'a', messages, top_k: 5, thinking: { type: 'enabled' } });
  });

  it('never says who the user is: the caller is the key', () => {
    expect(writeRelayBody(chat({ user: 'someone else' }), undefined)).not.toHaveProperty('user');
  });

  it('asks for usage in every stream, and remembers whether the caller did', () => {
    expect(writeRelayBody(chat({ stream: true }), undefined)).toMatchObject({
      stream_options: { include_usage: true },
    });
    expect(chat({ stream: true }).wantsUsage).toBe(false);
    expect(chat({ stream: true, stream_options: { include_usage: true } }).wantsUsage).toBe(true);
    expect(writeRelayBody(chat({}), undefined)).not.toHaveProperty('stream_options');
  });

  it("caps the output at the model's maximum where the caller gave no cap", () => {
    expect(writeRelayBody(chat(), model)).toMatchObject({ max_tokens: 100 });
    expect(writeRelayBody(chat({ max_tokens: 5 }), model)).toMatchObject({ max_tokens: 5 });
    expect(writeRelayBody(chat({ max_completion_tokens: 5 }), model)).not.toHaveProperty('max_tokens');
    expect(writeRelayBody(chat(), undefined)).not.toHaveProperty('max_tokens');
  });

  it.each([
    [undefined, 'model'],
    [{ model: 'a' }, 'messages'],
    [{ model: 'a', messages: [] }, 'messages'],
    [{ model: '', messages }, 'model'],
    [{ model: 'a', messages, stream: 'yes' }, 'stream'],
    [{ model: 'a', messages, stream_options: 'x' }, 'stream_options'],
    ['text', ''],
    [null, ''],
  ])('is refused with the name of what is wrong: %j', (body, field) => {
    expect(() => readRelayBody('/v1/chat/completions', body, none)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: expect.arrayContaining([expect.objectContaining({ path: body === undefined ? '' : field })]),
      }),
    );
  });
});
