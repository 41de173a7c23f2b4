import { expect, it } from 'vitest';
import { readAhead } from '../../src/sync/reconcile/read-ahead.ts';

function counting(pages: number, failAt = -1) {
  const seen = { asked: 0, ended: false };
  async function* generate() {
    try {
      for (let page = 0; page < pages; page++) {
        seen.asked++;
        if (page === failAt) throw new Error('broken');
        yield page;
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, generate };
}

it('gives every page once, in order, one ahead of what is asked for', async () => {
  const { seen, generate } = counting(4);
  const asked: number[] = [];
  for await (const page of readAhead(generate())) asked.push(seen.asked - page);
  expect(asked).toEqual([2, 2, 2, 1]);
  expect(seen.ended).toBe(true);
});

it('throws what a page throws, after the pages before it', async () => {
  const { seen, generate } = counting(4, 2);
  const got: number[] = [];
  const reading = (async () => {
    for await (const page of readAhead(generate())) got.push(page);
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(got).toEqual([0, 1]);
  expect(seen.ended).toBe(true);
});

it('ends the list when it is left early, also when the page that was asked for fails', async () => {
  const { seen, generate } = counting(4, 1);
  for await (const _ of readAhead(generate())) break;
  expect(seen.ended).toBe(true);
});
