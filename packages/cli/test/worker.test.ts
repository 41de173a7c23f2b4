import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBin, startBin } from './support/run-bin.ts';
import { linesOf } from './support/run-here.ts';
import { giveSubscription, type SetUp, setUp } from './support/set-up.ts';

describe('worker', { timeout: 120_000 }, () => {
  let place: SetUp;

  beforeAll(async () => {
    place = await setUp();
    await runBin(['migrate', 'up'], place.env);
    await giveSubscription(place, 'acme', 'alice');
  }, 120_000);
  afterAll(() => place.close());

  test('--once does what is due and counts what is left', async () => {
    expect(place.standIn.standIn.users()).toEqual([]);
    const { code, stdout } = await runBin(['worker', '--once', '--json'], place.env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ran: 1, pending: 0, dead: 0, oldestSeconds: null, lastError: null });
    expect(place.standIn.standIn.users().map(({ userId }) => userId)).toEqual(['keywright/acme/alice']);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, and the folder is free again', async (signal) => {
    const worker = startBin(['worker'], place.env);
    await worker.says('The worker runs');
    const second = await runBin(['worker', '--once'], place.env);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('open in process');
    expect(linesOf(second.stderr)).toHaveLength(1);
    worker.child.kill(signal);
    const { code, stdout } = await worker.outcome;
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect((await runBin(['worker', '--once'], place.env)).code).toBe(0);
  });
});
