import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/idempotency/canonical-json.ts';

/** The same value with the fields of its objects in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, item]): [string, unknown] => [name, reversed(item)]);
  return Object.fromEntries(fields.reverse());
}

test('it is the same JSON, and the order of fields makes no difference', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

test('what differs as JSON differs', () => {
  const parsed = [
    ...['{"__proto__":1}', '{}', '{"a":{"b":1}}', '{"a":{"b":2}}', '{"a.b":1}'],
    ...['[]', '[[]]', '[1,2]', '[2,1]', '"1"', '1', 'null', '"null"', 'false', '"\\u0000"', '"\\ud800"'],
  ].map((text): unknown => JSON.parse(text));
  expect(new Set(parsed.map(canonicalJson)).size).toBe(parsed.length);
});
