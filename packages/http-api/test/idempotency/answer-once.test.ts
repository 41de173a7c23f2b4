import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../src/http-message.ts';
import { answerOnce } from '../../src/idempotency/answer-once.ts';
import { createWorld } from '../world.ts';

const alice = { tenantId: 'acme', userId: 'alice', roles: ['user'] } as const;
const asked = { route: 'DELETE /things/:id', params: { id: '1' }, query: {}, body: undefined };

/** Calls twice with one key; says what was answered and how often the work was done. */
async function twice(answer: HttpAnswer): Promise<{ answers: HttpAnswer[]; done: number }> {
  const { keywright } = await createWorld();
  let done = 0;
  const once = () =>
    answerOnce({ keywright, headers: { 'idempotency-key': 'k' }, requestId: 'request-1' }, alice, asked, async () => {
      done++;
      return answer;
    });
  return { answers: [await once(), await once()], done };
}

describe('an answer that is repeated', () => {
  test('may be without a body', async () => {
    const { answers, done } = await twice({ status: 204, headers: {}, body: undefined });
    const again = { status: 204, headers: { 'idempotent-replayed': 'true' }, body: undefined };
    expect([answers[1], done]).toEqual([again, 1]);
  });

  test.each([
    ['a failure', { status: 503, headers: {}, body: '{}' }],
    ['bytes that are no JSON', { status: 200, headers: {}, body: new Uint8Array([1]) }],
  ])('is not kept when it is %s', async (_, answer) => {
    const { answers, done } = await twice(answer);
    expect([answers, done]).toEqual([[answer, answer], 2]);
  });
});
