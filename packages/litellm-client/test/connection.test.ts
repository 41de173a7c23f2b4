import { describe, expect, test } from 'vitest';
import { createLiteLlm, createLiteLlmClient } from '../src/index.ts';

const right = { baseUrl: 'http://127.0.0.1:4000', masterKey: 'sk-1234' };

describe('options that cannot work', () => {
  test.each([
    [{ baseUrl: '' }, /http or https URL/],
    [{ baseUrl: 'localhost:4000' }, /http or https URL/],
    [{ baseUrl: 'ftp://example.com' }, /http or https URL/],
    [{ baseUrl: 'http://admin:hunter22@example.com' }, /no user name or password/],
    [{ baseUrl: 'http://example.com/?a=1' }, /no \? and no #/],
    [{ baseUrl: 'http://example.com/#a' }, /no \? and no #/],
    [{ masterKey: '' }, /masterKey/],
    [{ masterKey: 'sk-planted\nsecret' }, /masterKey/],
    [{ masterKey: 'sk-plänted' }, /masterKey/],
    [{ retries: -1 }, /retries must be a whole number from 0/],
    [{ retries: 1.5 }, /retries/],
  ])('%j is configuration_invalid', (wrong, message) => {
    for (const create of [createLiteLlm, createLiteLlmClient]) {
      const attempt = () => create({ ...right, ...wrong });
      expect(attempt).toThrow(
        expect.objectContaining({ code: 'configuration_invalid', message: expect.stringMatching(message) }),
      );
      expect(attempt).not.toThrow(/hunter22|planted|plänted/);
    }
  });

  test.each([
    { requestTimeoutMs: 0 },
    { connections: 0 },
    { connectTimeoutMs: Number.NaN },
    { headersTimeoutMs: -1 },
    { bodyTimeoutMs: 2 ** 31 },
    { keepAliveTimeoutMs: 0 },
  ])('%j is configuration_invalid', (wrong) => {
    const name = Object.keys(wrong).join();
    expect(() => createLiteLlm({ ...right, ...wrong })).toThrow(
      expect.objectContaining({ code: 'configuration_invalid', message: expect.stringContaining(name) }),
    );
  });
});
