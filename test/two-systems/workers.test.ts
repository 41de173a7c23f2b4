import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEqual } from './equality.ts';
import { actor, admin, anHourLater, openWorld, reconcile, type World, withoutKeys, workerFinishes } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

function startWorker(): ChildProcess {
  const { url, masterKey } = world.running;
  const args = ['--conditions=@keywright/source', script, world.databaseUrl, url, masterKey];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function kill(worker: ChildProcess): Promise<void> {
  const exited = once(worker, 'exit');
  worker.kill('SIGKILL');
  await exited;
}

async function tasksLeft(): Promise<{ all: number; leased: number }> {
  const { rows } = await world.pool.query<{ all: number; leased: number }>(
    'select count(*)::int as all, count(lease_until)::int as leased from keywright.sync_tasks',
  );
  return rows[0] ?? { all: 0, leased: 0 };
}

describe('workers of several processes', () => {
  it('bring two hundred keys to equality while they are killed again and again', async () => {
    for (let n = 0; n < 10; n++) {
      const names = Array.from({ length: 20 }, (_, m) => `key ${n * 20 + m}`);
      await Promise.all(names.map((name) => world.keywright.keys.create(actor, { name })));
    }
    const narrow = { models: ['gpt-4o-mini'], tpmLimit: 5 };
    await world.keywright.subscriptions.update(admin, world.subscriptionId, narrow);
    expect(await tasksLeft()).toEqual({ all: 200, leased: 0 });
    // each call of LiteLLM waits for its turn a little, so that there is something to be killed in the middle of
    const workers = [startWorker(), startWorker(), startWorker()];
    let leasesLost = 0;
    for (let killed = 0; killed < 6; killed++) {
      const atMost = 190 - killed * 30;
      const slow = world.running.standIn.faults.add({ route: 'POST /key/update', kind: 'slow', times: 10 });
      await expect.poll(async () => (await tasksLeft()).all, { timeout: 30_000, interval: 5 }).toBeLessThan(atMost);
      const [victim] = workers.splice(0, 1);
      if (victim) await kill(victim);
      await slow.release();
      leasesLost += (await tasksLeft()).leased;
      await anHourLater(world); // what the victim held is free again
      workers.push(startWorker());
    }
    expect(leasesLost).toBeGreaterThan(0);
    await expect
      .poll(
        async () => {
          await anHourLater(world);
          return (await tasksLeft()).all;
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe(0);
    await Promise.all(workers.map(kill));
    expect(await reconcile(world)).toMatchObject({ outcome: 'equal', counts: { compared: 200 } });
    await expectEqual(world);
    expect(new Set(world.running.standIn.keys().map(({ tpmLimit }) => tpmLimit))).toEqual(new Set([5]));
    await withoutKeys(world);
  });

  it('wait longer after every try that fails, and by chance, but never above five minutes', async () => {
    const { apiKey } = await world.keywright.keys.create(actor, { name: 'a key' });
    world.running.standIn.down();
    await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 1 });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt++) {
      await world.pool.query('update keywright.sync_tasks set due_at = now()');
      await world.keywright.sync.runDue();
      const { rows } = await world.pool.query<{ attempts: number; wait: number }>(
        'select attempts, extract(epoch from due_at - updated_at)::float8 as wait from keywright.sync_tasks',
      );
      expect(rows[0]?.attempts).toBe(attempt + 1);
      waits.push(rows[0]?.wait ?? 0);
    }
    waits.forEach((wait, n) => {
      const longest = Math.min(300, 2 ** (n + 1));
      expect(wait).toBeGreaterThanOrEqual(longest / 2 - 0.1);
      expect(wait).toBeLessThanOrEqual(longest + 0.1);
    });
    expect(new Set(waits.slice(-3)).size).toBeGreaterThan(1);
    world.running.standIn.up();
    await workerFinishes(world);
    await expectEqual(world);
  });

  it('give up on what LiteLLM refuses, list it with the reason, and do it when an operator asks again', async () => {
    const { apiKey } = await world.keywright.keys.create(actor, { name: 'a key' });
    world.running.standIn.down();
    await world.keywright.keys.update(actor, apiKey.id, { rpmLimit: 2 });
    world.running.standIn.up();
    const message = 'rpm_limit is over the limit set in config';
    const body = { error: { message, type: 'bad_request_error', param: null, code: '400' } };
    world.running.standIn.faults.add({ route: 'POST /key/update', kind: 'status', status: 400, body });
    await workerFinishes(world);
    const { items } = await world.keywright.sync.list(admin, { limit: 10 });
    expect(items).toMatchObject([{ entity: 'key', entityId: apiKey.id, lastError: expect.stringContaining(message) }]);
    expect(items[0]?.deadAt).toBeInstanceOf(Date);
    expect(await world.keywright.keys.get(actor, apiKey.id)).toMatchObject({ syncStatus: 'error' });
    await workerFinishes(world); // nobody tries it again by himself
    expect(await world.keywright.sync.summary(admin)).toMatchObject({ pending: 0, dead: 1 });
    await world.keywright.sync.retry(admin, 'key', apiKey.id);
    await workerFinishes(world);
    await expectEqual(world);
  });
});
