import { expect, test } from 'vitest';
import { readJson } from '../src/request-body.ts';

const headers = { 'content-type': 'application/json' };

async function read(text: string): Promise<unknown> {
  async function* bytes() {
    yield Buffer.from(text);
  }
  return readJson({ headers, body: { bytes: bytes() } }, 20_000_000);
}

test('a body of millions of small values is looked through in moments', async () => {
  const text = `{"a":[${'0,'.repeat(5_000_000)}0]}`;
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const startedAt = performance.now();
    await read(text);
    times.push(performance.now() - startedAt);
  }
  expect(Math.min(...times)).toBeLessThan(1_000);
});

test.each([
  [100, true],
  [101, false],
])('%i lists in each other are taken: %s', async (depth, isTaken) => {
  const nested = '['.repeat(depth) + ']'.repeat(depth);
  for (const text of [nested, `{"a":${nested}}`, `{"a":[0,${nested.slice(1, -1)}]}`]) {
    const taken = await read(text).then(
      () => true,
      () => false,
    );
    expect([text.slice(0, 5), taken]).toEqual([text.slice(0, 5), isTaken]);
  }
});
