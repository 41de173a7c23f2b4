import { KeywrightError, silentLogger, type UsageEvent } from '@keywright/core';
import { FixedClock } from '@keywright/core/testing';
import { expect, it } from 'vitest';
import { UsageWriter } from '../../src/usage/usage-writer.ts';

const event = (reservationId: string): UsageEvent => ({
  reservationId,
  seq: 0,
  tenantId: 't',
  userId: 'u',
  subscriptionId: 's',
  keyId: 'k',
  model: 'm',
  inputTokens: 1,
  outputTokens: 1,
  costNano: 1n,
  priceVersion: null,
  source: 'response',
  outcome: 'completed',
  upstreamCallId: null,
});

/** A ledger whose writes the test ends one by one. */
function aWriter() {
  const clock = new FixedClock();
  const writes: { ids: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const ledger = {
    append: (events: readonly UsageEvent[]) =>
      new Promise<void>((end, fail) => writes.push({ ids: events.map((e) => e.reservationId), end, fail })),
  };
  return { clock, writes, writer: new UsageWriter({ ledger, clock, logger: silentLogger }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes the first event at once and what comes meanwhile together', async () => {
  const { writer, writes } = aWriter();
  for (const id of ['a', 'b', 'c']) writer.record(event(id));
  await turn();
  writes[0]?.end();
  await turn();
  writes[1]?.end();
  expect(await writer.drain(1_000)).toBe(0);
  expect(writes.map((write) => write.ids)).toEqual([['a'], ['b', 'c']]);
});

it('hands in the same events again until the ledger is back', async () => {
  const { clock, writer, writes } = aWriter();
  writer.record(event('a'));
  writes[0]?.fail(new Error('down'));
  await turn();
  expect(writer.depth).toBe(1);
  clock.advance(1_000);
  await turn();
  writes[1]?.end();
  await turn();
  expect(writes.map((write) => write.ids)).toEqual([['a'], ['a']]);
  expect(writer.depth).toBe(0);
});

it('leaves out an event that cannot be stored, and writes all others', async () => {
  const stored: string[] = [];
  const ledger = {
    async append(events: readonly UsageEvent[]) {
      if (events.some((e) => e.reservationId === 'bad')) throw new KeywrightError('validation_failed', 'no');
      stored.push(...events.map((e) => e.reservationId));
    },
  };
  const writer = new UsageWriter({ ledger, clock: new FixedClock(), logger: silentLogger });
  for (const id of ['a', 'b', 'bad', 'c', 'd']) writer.record(event(id));
  expect(await writer.drain(1_000)).toBe(0);
  expect(stored).toEqual(['a', 'b', 'c', 'd']);
});

it('tells what is missing when it cannot be written in time', async () => {
  const { clock, writer } = aWriter();
  writer.record(event('a'));
  const draining = writer.drain(5_000);
  await turn();
  clock.advance(5_000);
  expect(await draining).toBe(1);
});
