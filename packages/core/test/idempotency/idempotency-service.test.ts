import { IdempotencyService } from '@keywright/core';
import { createMemoryStorage } from '@keywright/core/memory';
import { FixedClock } from '@keywright/core/testing';
import { beforeEach, expect, it } from 'vitest';

let clock: FixedClock;
let service: IdempotencyService;
let runs: number;
beforeEach(() => {
  clock = new FixedClock();
  service = new IdempotencyService({ storage: createMemoryStorage({ clock }), leaseMs: 30_000 });
  runs = 0;
});

const call = { tenantId: 'acme', userId: 'alice', route: 'POST /api-keys', key: 'k-1', requestHash: 'a' };
const toStore = (answer: { status: number }) =>
  answer.status < 500 ? { status: answer.status, body: { status: answer.status } } : undefined;

function run(request: Partial<typeof call> = {}, status = 201) {
  return service.run(
    { ...call, ...request },
    async () => {
      runs++;
      return { status };
    },
    toStore,
  );
}

it('answers a repetition with the first answer, and runs nothing', async () => {
  expect(await run()).toEqual({ replayed: false, answer: { status: 201 } });
  expect(await run({}, 500)).toEqual({ replayed: true, answer: { status: 201, body: { status: 201 } } });
  expect(runs).toBe(1);
});

it('keeps answers of users, tenants, routes and keys apart', async () => {
  await run();
  for (const other of [{ userId: 'bob' }, { tenantId: 'globex' }, { route: 'DELETE /api-keys' }, { key: 'k-2' }]) {
    expect((await run(other)).replayed).toBe(false);
  }
});

it('refuses a key that was used for another request', async () => {
  await run();
  await expect(run({ requestHash: 'b' })).rejects.toMatchObject({ code: 'idempotency_conflict' });
});

it('refuses a repetition while the first one runs, and lets one through whose process died', async () => {
  let finish = () => {};
  const first = service.run(
    call,
    () => new Promise<{ status: number }>((resolve) => (finish = () => resolve({ status: 201 }))),
    toStore,
  );
  await expect.poll(() => run().catch((error) => error)).toMatchObject({ code: 'idempotency_in_progress' });
  await expect(run({ requestHash: 'b' })).rejects.toMatchObject({ code: 'idempotency_conflict' });
  clock.advance(30_001);
  expect((await run()).replayed).toBe(false);
  finish();
  await first;
  expect((await run()).replayed).toBe(true);
});

it('forgets a failure of ours, thrown or answered, so that it can be tried again', async () => {
  await run({}, 503);
  const thrown = service.run(call, () => Promise.reject(new Error('broken')), toStore);
  await expect(thrown).rejects.toThrow('broken');
  expect(await run()).toEqual({ replayed: false, answer: { status: 201 } });
});

it('keeps an answer for 24 hours', async () => {
  await run();
  clock.advance(24 * 3_600_000 - 1_000);
  expect((await run()).replayed).toBe(true);
  clock.advance(2_000);
  expect((await run()).replayed).toBe(false);
});
