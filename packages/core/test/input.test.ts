import {
  createApiKeyInput,
  createSubscriptionInput,
  generateSecret,
  isKeywrightError,
  listApiKeysInput,
  maxNanoUsd,
  moment,
  parseInput,
  updateApiKeyInput,
  updateSubscriptionInput,
} from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { duration, text } from '../src/input.ts';

/** The fields that a schema complains of, with what it says. */
function complaints(schema: z.ZodType, value: unknown): Record<string, string> {
  try {
    parseInput(schema, value);
  } catch (error) {
    if (!isKeywrightError(error, 'validation_failed')) throw error;
    return Object.fromEntries(error.errors.map(({ path, message }) => [path, message]));
  }
  return {};
}

const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe('unknown fields', () => {
  it.each([
    ['quota_limit', 'quotaLimit'],
    ['max_budget', 'maxBudget'],
    ['MAXBUDGET', 'maxBudget'],
    ['max-budget', 'maxBudget'],
    ['maxBudgte', 'maxBudget'],
    ['maxBudet', 'maxBudget'],
    ['maxxBudget', 'maxBudget'],
    ['maxBudgit', 'maxBudget'],
    ['tag', 'tags'],
    ['modles', 'models'],
    ['expires_at', 'expiresAt'],
  ])('%s: did you mean %s?', (given, meant) => {
    for (const schema of [createApiKeyInput, updateApiKeyInput]) {
      expect(complaints(schema, { name: 'x', [given]: null })).toEqual({
        [given]: `unknown field; did you mean ${meant}?`,
      });
    }
  });

  it('lists what is known when nothing is near', () => {
    const { banana } = complaints(listApiKeysInput, { banana: 1 });
    expect(banana).toBe('unknown field; known are subscriptionId, status, model, search');
  });

  it('leaves no half of a secret where it cuts off a name', () => {
    const secret = generateSecret().reveal();
    for (let start = 0; start <= 100; start++) {
      const [path = ''] = Object.keys(
        complaints(createApiKeyInput, { name: 'x', [`${' '.repeat(start)}${secret}`]: 1 }),
      );
      expect(path).not.toContain(secret.slice(0, 12));
    }
  });

  it('cuts off endless names', () => {
    const [path = ''] = Object.keys(complaints(createApiKeyInput, { name: 'x', ['n'.repeat(5000)]: 1 }));
    expect(path.length).toBeLessThanOrEqual(101);
  });

  it('names every wrong field and sums up in the message', () => {
    const errors = complaints(createApiKeyInput, { name: '', tpmLimit: -1, nmae: 'x' });
    expect(Object.keys(errors).sort()).toEqual(['name', 'nmae', 'tpmLimit']);
    expect(() => parseInput(createApiKeyInput, { name: '', tpmLimit: -1 })).toThrow(/^name: .*\(and 1 more\)$/);
  });

  it.each([undefined, null, 'x', 1, [], true])('refuses %j as a body', (body) => {
    expect(Object.keys(complaints(createApiKeyInput, body)).length).toBeGreaterThan(0);
  });
});

describe('null, 0 and absent', () => {
  const limits = ['maxBudget', 'softBudget', 'tpmLimit', 'rpmLimit', 'maxParallelRequests'] as const;

  it.each(limits)('are three things for %s', (limit) => {
    const zero = limit.endsWith('Budget') ? 0n : 0;
    expect(parseInput(updateApiKeyInput, { [limit]: 0 })).toEqual({ [limit]: zero });
    expect(parseInput(updateApiKeyInput, { [limit]: null })).toEqual({ [limit]: null });
    expect(parseInput(updateApiKeyInput, { name: 'x' })).toEqual({ name: 'x' });
    expect(limit in parseInput(updateApiKeyInput, { name: 'x' })).toBe(false);
  });

  it.each([-1, 1.5, 2_147_483_648, Number.NaN, '5', true, [], {}])('%j is no limit', (value) => {
    expect(takes(updateApiKeyInput, { tpmLimit: value })).toBe(false);
  });

  it.each([-1, '-1', '1e3', '1.0000000001', 0.1 + 0.2, maxNanoUsd + 1n, '', true, {}])('%s is no budget', (value) => {
    expect(takes(updateApiKeyInput, { maxBudget: value })).toBe(false);
  });

  it('does not take an empty list of models, or an empty change', () => {
    expect(complaints(createApiKeyInput, { name: 'x', models: [] }).models).toContain('at least one model');
    expect(complaints(updateApiKeyInput, {})['']).toContain('at least one field');
    expect(complaints(updateSubscriptionInput, {})['']).toContain('at least one field');
    expect(complaints(createSubscriptionInput, { userId: 'u', models: [] }).models).toContain('at least one model');
  });

  it('says of quotaLimit that nothing enforces it yet', () => {
    expect(complaints(createApiKeyInput, { name: 'x', quotaLimit: 5 }).quotaLimit).toContain('not available yet');
    expect(takes(createApiKeyInput, { name: 'x', quotaLimit: null })).toBe(true);
  });
});

describe('text', () => {
  it.each([`O'Brien "the {great}", back\\slash`, '%_', '狐 🦊', ' ', 'x'.repeat(10)])('takes %j as it is', (value) => {
    expect(parseInput(text(100), value)).toBe(value);
  });

  it.each([
    ['nothing', ''],
    ['too much', 'x'.repeat(101)],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['DEL', 'a\u007f'],
    ['the first half of a pair', 'a\ud83e'],
    ['the second half of a pair', '\udd8aa'],
    ['a number', 5],
  ])('refuses %s', (_, value) => {
    expect(takes(text(100), value)).toBe(false);
  });

  it('costs no more than the length of what is given', () => {
    const begin = performance.now();
    for (const part of ['sk-', 'sk-a_', '_', '-']) expect(takes(text(100), part.repeat(300_000))).toBe(false);
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  it.each([
    ['a NUL', { a: ['x\u0000'] }],
    ['a NUL in a name', { 'a\u0000': 1 }],
    ['half a pair', { a: { b: '\ud83e' } }],
    ['half a pair in a name', { '\ud83e': 1 }],
    ['too much', { a: 'x'.repeat(16_384) }],
    ['too many properties', Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, n]))],
    ['what is no JSON', { a: 5n }],
    ['a list', []],
  ])('refuses %s in metadata', (_, metadata) => {
    expect(takes(createApiKeyInput, { name: 'x', metadata })).toBe(false);
  });

  it('takes any JSON in metadata, also texts that only look like escapes', () => {
    const metadata = { deep: [{ 'ü"': null }, 1.5, true], escape: 'a \\u0000 b', half: '\\ud83e', fox: '🦊' };
    expect(parseInput(createApiKeyInput, { name: 'x', metadata }).metadata).toEqual(metadata);
  });

  it('refuses metadata that is nested without end as any other', () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 8000; depth++) nested = [nested];
    expect(Object.keys(complaints(createApiKeyInput, { name: 'x', metadata: { nested } }))).toEqual([
      'metadata.nested',
    ]);
  });
});

describe('moment', () => {
  it.each([
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.1234567Z', '2030-01-31T12:00:00.123Z'],
    ['2030-01-31T12:00:00+05:30', '2030-01-31T06:30:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    [new Date(5), '1970-01-01T00:00:00.005Z'],
  ])('reads %s', (value, iso) => {
    expect(parseInput(moment, value).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'tomorrow',
    '2030-01-31',
    '2030-01-31T12:00:00',
    '2030-01-31 12:00:00Z',
    '2030-02-30T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-01-01T25:00:00Z',
    '1969-12-31T23:59:59Z',
    '+010000-01-01T00:00:00Z',
    1_900_000_000_000,
    null,
    new Date(Number.NaN),
    new Date(8.64e15),
    new Date(-1),
  ])('refuses %s', (value) => {
    expect(takes(moment, value)).toBe(false);
  });
});

describe('duration', () => {
  it.each([
    ['30d', '30d'],
    ['1mo', '1mo'],
    ['60s', '60s'],
    ['60m', '60m'],
    ['24h', '24h'],
    ['9999d', '9999d'],
    ['2w', '14d'],
    ['1428w', '9996d'],
    ['monthly', '30d'],
    ['weekly', '7d'],
    ['daily', '24h'],
    ['hourly', '1h'],
  ])('reads %s as %s', (value, meant) => {
    expect(parseInput(duration, value)).toBe(meant);
  });

  it.each([
    '',
    '0d',
    '-1d',
    '01d',
    '10000d',
    '1.5h',
    '1y',
    '30 d',
    'd',
    '30',
    '30D',
    '30d\n',
    'yearly',
    5,
    null,
    '61s',
    '61m',
    '25h',
    '48h',
    '720h',
    '2mo',
    '1429w',
  ])('refuses %j', (value) => {
    expect(takes(duration, value)).toBe(false);
  });

  it('complains of words that every object knows as of any other', () => {
    const [message] = Object.values(complaints(duration, 'x'));
    for (const word of ['constructor', '__proto__', 'toString']) {
      expect(Object.values(complaints(duration, word))).toEqual([message]);
    }
  });
});

describe('parsing', () => {
  it('changes nothing of what was parsed already', () => {
    const once = parseInput(createApiKeyInput, {
      name: 'x',
      maxBudget: '12.50',
      budgetDuration: 'monthly',
      expiresAt: '2030-01-31T12:00:00.5+01:00',
      models: ['a', 'b', 'a'],
      tags: ['t', 't'],
      permissions: ['llm:chat', 'llm:chat'],
      allowedIps: ['::1', '::1'],
      metadata: { a: [1, { b: null }] },
    });
    expect(once).toMatchObject({ models: ['a', 'b'], tags: ['t'], permissions: ['llm:chat'], allowedIps: ['::1'] });
    expect(parseInput(createApiKeyInput, once)).toEqual(once);
  });

  it('never shows a secret in what it complains of, wherever the secret was put', () => {
    const fields = [
      'name',
      'subscriptionId',
      'models',
      'maxBudget',
      'budgetDuration',
      'tpmLimit',
      'quotaLimit',
      'expiresAt',
      'permissions',
      'tags',
      'metadata',
      'allowedIps',
      'userId',
      'status',
      'apiKey',
    ];
    const wrap = fc.constantFrom(
      (secret: string): unknown => secret,
      (secret: string): unknown => [secret],
      (secret: string): unknown => ({ [secret]: secret }),
      (secret: string): unknown => ({ [`${secret}\u0000`]: [{ deep: secret }] }),
      (secret: string): unknown => `${secret}\u0000`.repeat(5),
    );
    const schemas: Record<string, z.ZodType> = {
      createApiKeyInput,
      updateApiKeyInput,
      listApiKeysInput,
      createSubscriptionInput,
      updateSubscriptionInput,
      moment,
      duration,
    };
    const names = fc.constantFrom(...Object.keys(schemas));
    fc.assert(
      fc.property(names, fc.constantFrom(...fields), wrap, fc.boolean(), (name, field, wrapped, asName) => {
        const secret = generateSecret().reveal();
        const value = asName ? { [secret]: 1, [field]: wrapped(secret) } : { [field]: wrapped(secret) };
        for (const given of [value, wrapped(secret), secret]) {
          const errors = complaints(schemas[name] ?? expect.unreachable(), given);
          expect(JSON.stringify(errors)).not.toContain(secret);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is said of input of the wrong kind', () => {
  it.each<[z.ZodType, unknown, Record<string, string>]>([
    [moment, 'tomorrow', { '': 'should be a time such as "2030-01-31T12:00:00Z"' }],
    [moment, 5, { '': 'should be a time such as "2030-01-31T12:00:00Z"' }],
    [createApiKeyInput, [], { '': 'should be a JSON object' }],
    [createApiKeyInput, 'text', { '': 'should be a JSON object' }],
    [z.strictObject({ a: z.array(z.string()) }), { a: 'gpt-a' }, { a: 'should be a list' }],
    [updateApiKeyInput, { expiresAt: 'soon' }, { expiresAt: 'should be a time such as "2030-01-31T12:00:00Z"' }],
  ])('%# is in words', (schema, value, told) => {
    expect(complaints(schema, value)).toEqual(told);
  });

  it.each<[string, unknown]>([
    ['unknown fields', Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`field${index}`, 1]))],
    ['wrong items', { models: Array.from({ length: 400 }, () => 0) }],
  ])('names twenty of four hundred %s, and how many more there are', (_, value) => {
    const caught = (() => {
      try {
        return parseInput(updateApiKeyInput, value);
      } catch (error) {
        return error;
      }
    })();
    if (!isKeywrightError(caught)) throw caught;
    expect(caught.errors.length).toBeLessThanOrEqual(20);
    expect(caught.message).toMatch(/\(and (399|400) more\)$/);
  });

  it('shortens a long path', () => {
    const [path = ''] = Object.keys(complaints(z.record(z.string(), z.string()), { ['x'.repeat(10_000)]: 1 }));
    expect(path).toMatch(/^x{100}…$/);
  });
});
