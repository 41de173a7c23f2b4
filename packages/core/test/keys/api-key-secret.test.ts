import { createHash } from 'node:crypto';
import { format, inspect } from 'node:util';
import {
  type AcceptedFormat,
  ApiKeySecret,
  generateSecret,
  hashSecret,
  redactSecrets,
  secretFormat,
  splitSecret,
} from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liteLlmFormat, secretBrandPattern } from '../../src/keys/api-key-secret.ts';

const brand = fc.stringMatching(/^[a-z0-9]([a-z0-9_-]{0,18}[a-z0-9])?$/);

describe('generateSecret', () => {
  it('makes secrets of our format, with the brand read from the right', () => {
    fc.assert(
      fc.property(brand, (name) => {
        const text = generateSecret(name).reveal();
        expect(text).toMatch(/^sk-[a-z0-9_-]+_[0-9A-Za-z]{49}$/);
        expect(secretFormat(text)).toBe('kw');
        expect(splitSecret(text)).toMatchObject({ brand: name, checksumMatches: true });
      }),
    );
  });

  it('reads a brand that looks like a secret itself from the right', () => {
    const text = generateSecret('a_b_c_0').reveal();
    expect(splitSecret(text)).toMatchObject({ brand: 'a_b_c_0', checksumMatches: true });
  });

  it('uses kw as brand when none is given, and never makes the same twice', () => {
    const texts = Array.from({ length: 1000 }, () => generateSecret().reveal());
    expect(texts.every((text) => text.startsWith('sk-kw_') && text.length === 55)).toBe(true);
    expect(new Set(texts).size).toBe(1000);
  });

  it('shows the beginning through the first four random characters', () => {
    const secret = generateSecret('acme_1');
    expect(secret.prefix).toBe(secret.reveal().slice(0, 'sk-acme_1_'.length + 4));
    expect(new ApiKeySecret(`sk-${'a'.repeat(22)}`).prefix).toBe('sk-aaaa');
  });
});

describe('secretFormat', () => {
  it('refuses a secret of ours with any one character changed', () => {
    const replacement = fc.string({ minLength: 1, maxLength: 1, unit: 'binary' });
    fc.assert(
      fc.property(brand, fc.nat(), replacement, (name, place, other) => {
        const text = generateSecret(name).reveal();
        const index = place % text.length;
        fc.pre(text[index] !== other);
        const changed = text.slice(0, index) + other + text.slice(index + 1);
        expect(secretFormat(changed)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a secret with neighbours swapped, a character lost or one too many', () => {
    const text = generateSecret().reveal();
    for (let index = 0; index < text.length; index++) {
      const [a = '', b = ''] = [text[index], text[index + 1]];
      const swapped = text.slice(0, index) + b + a + text.slice(index + 2);
      if (swapped !== text) expect(secretFormat(swapped)).toBeUndefined();
      expect(secretFormat(text.slice(0, index) + text.slice(index + 1))).toBeUndefined();
      expect(secretFormat(text.slice(0, index) + (a === 'z' ? 'y' : 'z') + text.slice(index))).toBeUndefined();
    }
  });

  it('takes the format of LiteLLM itself', () => {
    fc.assert(fc.property(fc.stringMatching(/^sk-[A-Za-z0-9_-]{22}$/), (text) => secretFormat(text) === 'litellm'));
    expect(secretFormat('sk-1234')).toBeUndefined();
    expect(secretFormat(`sk-${'a'.repeat(23)}`)).toBeUndefined();
    expect(secretFormat(`sk-${'a'.repeat(21)}.`)).toBeUndefined();
  });

  it('takes only the formats that are accepted, besides ours', () => {
    const imported: AcceptedFormat = { name: 'old', pattern: /^old-[0-9]{4}$/ };
    expect(secretFormat('old-1234')).toBeUndefined();
    expect(secretFormat('old-1234', [liteLlmFormat, imported])).toBe('old');
    expect(secretFormat(`sk-${'a'.repeat(22)}`, [imported])).toBeUndefined();
    expect(secretFormat(generateSecret().reveal(), [])).toBe('kw');
  });

  it('answers the same every time, whatever flags a pattern has', () => {
    const imported: AcceptedFormat = { name: 'old', pattern: /^old-[0-9]{4}$/g };
    for (let n = 0; n < 3; n++) expect(secretFormat('old-1234', [imported])).toBe('old');
  });

  it('looks at nothing longer than 256 characters', () => {
    const anything: AcceptedFormat = { name: 'any', pattern: /^a+$/ };
    expect(secretFormat('a'.repeat(256), [anything])).toBe('any');
    expect(secretFormat('a'.repeat(257), [anything])).toBeUndefined();
  });

  it('refuses whatever else is presented', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => secretFormat(text) === undefined));
    for (const text of ['', 'sk-', 'sk-kw_', `sk-_${'0'.repeat(49)}`, 'Bearer sk-x']) {
      expect(secretFormat(text)).toBeUndefined();
    }
  });

  it.each(['', '-', '_', 'A', 'a ', 'a-', '_a', 'a'.repeat(21)])('knows that %j is no brand', (name) => {
    expect(secretBrandPattern.test(name)).toBe(false);
  });
});

describe('hash', () => {
  it('is the SHA-256 of the whole secret in lower-case hex', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const hash = createHash('sha256').update(text, 'utf8').digest('hex');
        expect(hashSecret(text)).toBe(hash);
        expect(new ApiKeySecret(text).hash).toBe(hash);
      }),
    );
  });
});

describe('a secret in print', () => {
  const secret = generateSecret();
  const printed: [string, string][] = [
    ['String()', String(secret)],
    ['a template', `${secret}`],
    ['concatenation', `key: ${secret.toString()}`],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['util.inspect', inspect({ deep: { secret } }, { depth: null, showHidden: true })],
    ['util.format', format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
    ['an error', inspect(new Error('x', { cause: secret }))],
    ['its own properties', JSON.stringify(Object.getOwnPropertyNames(secret))],
  ];

  it.each(printed)('does not show in %s', (_, text) => {
    expect(text).not.toContain(secret.reveal());
    expect(text).not.toContain(secret.reveal().slice(6));
  });
});

describe('redactSecrets', () => {
  const around = fc.string({ unit: 'grapheme', maxLength: 20 });

  it('blanks every secret of ours and of LiteLLM, whatever stands around it', () => {
    const theirs = fc.stringMatching(/^sk-[A-Za-z0-9_-]{22}$/);
    const ours = brand.map((name) => generateSecret(name).reveal());
    fc.assert(
      fc.property(around, fc.oneof(ours, theirs), around, (before, secret, after) => {
        expect(redactSecrets(before + secret + after)).not.toContain(secret);
      }),
    );
  });

  it.each([
    ['key=sk-abcdef123', 'key=sk-[redacted]'],
    ['"sk-abcdef123", pk-abcdef and rk-abcdef', '"sk-[redacted]", pk-[redacted] and rk-[redacted]'],
    [`escaped\\nsk-${'a'.repeat(22)}`, 'escaped\\nsk-[redacted]'],
    [`x_sk-${'a'.repeat(22)}.`, 'x_sk-[redacted].'],
    ['a task-force at sk-1', 'a task-force at sk-1'],
  ])('reads %s as %s', (text, redacted) => {
    expect(redactSecrets(text)).toBe(redacted);
  });
});
